//! `client_metadata_requests`: addresses of client metadata documents that are not on the allowlist, with
//! the decision of an administrator. A document is not fetched before that.

use super::{
    StoreError, Tx,
    value::{params, parse_column},
};
use crate::model::{ClientId, ClientRequest, Timestamp, UserId};

const FIND: &str = "SELECT status FROM client_metadata_requests WHERE client_id = ?1";

const PENDING_OF_USER: &str = "
    SELECT client_id FROM client_metadata_requests WHERE user_id = ?1 AND status = 'pending'";

const COUNT: &str = "SELECT COUNT(*) FROM client_metadata_requests WHERE status = 'pending'";

const PENDING: &str = "
    SELECT r.client_id, u.username, r.requested_at
      FROM client_metadata_requests r LEFT JOIN users u ON u.id = r.user_id
     WHERE r.status = 'pending'
     ORDER BY r.requested_at, r.client_id";

const INSERT: &str = "
    INSERT INTO client_metadata_requests (client_id, status, user_id, requested_at)
    VALUES (?1, 'pending', ?2, ?3)";

/// The user only matters while the request waits: the decision outlives their account.
const DECIDE: &str =
    "UPDATE client_metadata_requests SET status = ?2, user_id = NULL WHERE client_id = ?1";

const DELETE: &str = "DELETE FROM client_metadata_requests WHERE client_id = ?1";

/// Deletes undecided requests after a week, and refusals half a year after they were asked for. `?1` is
/// the current time, `?2` the size of the batch.
pub(super) const DELETE_OLD: &str = "
    DELETE FROM client_metadata_requests WHERE client_id IN (
        SELECT client_id FROM client_metadata_requests
         WHERE (status = 'pending' AND requested_at + 604800 <= ?1)
            OR (status = 'refused' AND requested_at + 15552000 <= ?1)
         LIMIT ?2)";

/// The decision about an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestStatus {
    /// An administrator approved it.
    Approved,
    /// There is no decision yet.
    Pending,
    /// An administrator refused it.
    Refused,
}

impl RequestStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Pending => "pending",
            Self::Refused => "refused",
        }
    }

    fn parse(text: &str) -> Option<Self> {
        [Self::Approved, Self::Pending, Self::Refused]
            .into_iter()
            .find(|status| status.as_str() == text)
    }
}

/// Finds the decision about an address; `None` for an unknown one.
pub fn find(tx: &mut Tx<'_>, id: &ClientId) -> Result<Option<RequestStatus>, StoreError> {
    tx.query_opt(FIND, params![id], |row| {
        let text: String = row.get(0)?;
        parse_column(&text, RequestStatus::parse, 0, "status")
    })
}

/// The number of addresses that wait because of a user.
pub fn count_pending_of(tx: &mut Tx<'_>, user_id: UserId) -> Result<usize, StoreError> {
    let ids = tx.query_all(PENDING_OF_USER, params![user_id], |row| row.get::<ClientId>(0))?;
    Ok(ids.len())
}

/// The number of addresses that wait.
pub fn count_pending(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_opt(COUNT, params![], |row| row.get(0))?.unwrap_or(0))
}

/// Lists the addresses that wait, the oldest first.
pub fn list_pending(tx: &mut Tx<'_>) -> Result<Vec<ClientRequest>, StoreError> {
    tx.query_all(PENDING, params![], |row| {
        Ok(ClientRequest {
            id: row.get(0)?,
            name: None,
            redirect_uris: Vec::new(),
            ip_address: None,
            username: row.get(1)?,
            requested_at: row.get(2)?,
            revision: None,
        })
    })
}

/// Stores an address for an administrator.
pub fn insert(
    tx: &mut Tx<'_>,
    id: &ClientId,
    user_id: UserId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(INSERT, params![id, user_id, now])?.expect_rows(1)
}

/// Stores a decision. `false` when there is no such request.
pub fn decide(tx: &mut Tx<'_>, id: &ClientId, decision: RequestStatus) -> Result<bool, StoreError> {
    Ok(tx.execute(DECIDE, params![id, decision.as_str()])?.rows() == 1)
}

/// Forgets an address, if it is known.
pub fn delete(tx: &mut Tx<'_>, id: &ClientId) -> Result<(), StoreError> {
    let _one_or_none = tx.execute(DELETE, params![id])?;
    Ok(())
}
