//! `backchannel_logouts`: pending logout notices to clients (OIDC Back-Channel Logout). A row
//! exists until the client has answered or has failed to answer too often.

use uuid::Uuid;

use super::{Row, StoreError, Tx, value::params};
use crate::model::{ClientId, EndedSession, SessionId, Timestamp, UserId};

/// A pending logout notice.
#[derive(Debug, Clone)]
pub struct BackchannelLogout {
    /// The id of the notice; each client has its own row.
    pub id: Uuid,
    /// The client to notify, and the session that ended.
    pub ended: EndedSession,
    /// How often the notice was sent.
    pub attempts: i64,
}

/// The most notices read at a time.
#[derive(Debug, Clone, Copy)]
pub struct NoticeLimits {
    /// For one client.
    pub of_client: i64,
    /// For all clients.
    pub of_all: i64,
}

/// How long a notice is retried at most, in seconds: a little longer than all attempts take.
pub const GIVE_UP_SECONDS: i64 = 10_800;

/// Goes from the few grants of the session to their clients. The other way round, from the clients
/// with a logout URI, it would read the grants of all users. `CROSS JOIN` fixes the order in
/// SQLite; PostgreSQL decides by statistics.
const CLIENTS_OF_SESSION: &str = "
    SELECT DISTINCT g.client_id
      FROM grants g
     CROSS JOIN clients c
     WHERE g.session_id = ?1 AND c.id = g.client_id AND c.backchannel_logout_uri IS NOT NULL";

const INSERT: &str = "
    INSERT INTO backchannel_logouts (id, client_id, user_id, session_id, attempts, due_at)
    VALUES (?1, ?2, ?3, ?4, 0, ?5)";

/// The first notices of each client come first, so that a client with very many does not starve the
/// others.
const DUE: &str = "
    SELECT id, client_id, user_id, session_id, attempts
      FROM (SELECT id, client_id, user_id, session_id, attempts, due_at,
                   ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY due_at, id) AS place
              FROM backchannel_logouts
             WHERE due_at <= ?1) due
     WHERE place <= ?2
     ORDER BY place, due_at
     LIMIT ?3";

const IS_DUE: &str = "SELECT 1 FROM backchannel_logouts WHERE due_at <= ?1 LIMIT 1";

const CLAIM: &str = "
    UPDATE backchannel_logouts SET attempts = attempts + 1, due_at = ?4
     WHERE id = ?1 AND client_id = ?2 AND attempts = ?3";

const POSTPONE: &str = "
    UPDATE backchannel_logouts SET due_at = ?2 WHERE client_id = ?1 AND due_at < ?2";

const IS_OLDER: &str = "SELECT 1 FROM backchannel_logouts WHERE id < ?1 LIMIT 1";

const DELETE_OLDER: &str = "
    DELETE FROM backchannel_logouts WHERE (id, client_id) IN (
        SELECT id, client_id FROM backchannel_logouts WHERE id < ?1 ORDER BY id LIMIT ?2)";

const DELETE: &str = "DELETE FROM backchannel_logouts WHERE id = ?1 AND client_id = ?2";

/// Stores a notice for each client that must learn of the end of a session. Returns these clients.
pub fn insert_for_session(
    tx: &mut Tx<'_>,
    id: Uuid,
    user_id: UserId,
    session_id: SessionId,
    now: Timestamp,
) -> Result<Vec<ClientId>, StoreError> {
    let clients: Vec<ClientId> =
        tx.query_all(CLIENTS_OF_SESSION, params![session_id], |row| row.get(0))?;
    for client_id in &clients {
        tx.execute(INSERT, params![id, client_id, user_id, session_id, now])?.expect_rows(1)?;
    }
    Ok(clients)
}

/// Whether any notice is due.
pub fn is_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    tx.exists(IS_DUE, params![now])
}

/// Lists the due notices.
pub fn list_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    page: NoticeLimits,
) -> Result<Vec<BackchannelLogout>, StoreError> {
    tx.query_all(DUE, params![now, page.of_client, page.of_all], read)
}

/// Postpones all notices of a client until the given time.
pub fn postpone(tx: &mut Tx<'_>, client_id: &ClientId, until: Timestamp) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(POSTPONE, params![client_id, until]).map(|_| ())
}

/// Whether there are notices from before a given time.
pub fn is_older(tx: &mut Tx<'_>, before: Timestamp) -> Result<bool, StoreError> {
    tx.exists(IS_OLDER, params![first_id(before)])
}

/// Deletes a batch of the notices from before a given time. Returns their number.
pub fn delete_older(tx: &mut Tx<'_>, before: Timestamp, batch: i64) -> Result<usize, StoreError> {
    Ok(tx.execute(DELETE_OLDER, params![first_id(before), batch])?.rows())
}

/// The lowest id of a time: ids begin with their timestamp.
fn first_id(moment: Timestamp) -> Uuid {
    Uuid::from_u128(u128::from(moment.as_unix_millis()) << 80)
}

/// Claims a notice for sending. It is due again at `again_at` unless deleted before. `false` when
/// another server has claimed it.
pub fn claim(
    tx: &mut Tx<'_>,
    notice: &BackchannelLogout,
    again_at: Timestamp,
) -> Result<bool, StoreError> {
    let params = params![notice.id, notice.ended.client_id, notice.attempts, again_at];
    Ok(tx.execute(CLAIM, params)?.rows() == 1)
}

/// Deletes a notice that was delivered or has failed for good.
pub fn delete(tx: &mut Tx<'_>, notice: &BackchannelLogout) -> Result<(), StoreError> {
    // The clean-up may have deleted it meanwhile.
    tx.execute(DELETE, params![notice.id, notice.ended.client_id]).map(|_| ())
}

fn read(row: &Row<'_>) -> Result<BackchannelLogout, StoreError> {
    Ok(BackchannelLogout {
        id: row.get(0)?,
        ended: EndedSession {
            client_id: row.get(1)?,
            user_id: row.get(2)?,
            session_id: row.get(3)?,
        },
        attempts: row.get(4)?,
    })
}

#[cfg(test)]
mod tests {
    use rusqlite::{Connection, StatementStatus};

    use super::*;
    use crate::store::sqlite;

    const ALICE: UserId = UserId(Uuid::from_u128(1));
    const SESSION: SessionId = SessionId(Uuid::from_u128(2));

    /// A client with a logout URI, Alice's session with one grant, and thousands of grants of
    /// others. The statistics were taken before there were any grants.
    fn grown() -> Connection {
        let mut connection = Connection::open_in_memory().unwrap();
        sqlite::migrate_to(&mut connection, sqlite::NEWEST).unwrap();
        let sql = "
            PRAGMA foreign_keys = OFF;
            INSERT INTO clients (id, name, client_type, requires_pkce, is_group_restricted,
                requires_pushed_authorization_requests, requires_reauthentication, skips_consent,
                id_token_signed_response_alg, backchannel_logout_uri, access_token_seconds,
                refresh_token_seconds, created_at)
            VALUES ('web', 'Web', 'public', 0, 0, 0, 0, 0, 'RS256', 'https://x.example', 1, 1, 1);
            ANALYZE;
            WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n < 6000)
            INSERT INTO grants (id, client_id, user_id, session_id, scope, id_token_claims,
                userinfo_claims, auth_time, amr, requested_at, created_at, expires_at)
            SELECT randomblob(16), 'web', CASE n WHEN 0 THEN ?1 ELSE x'00' END,
                   CASE n WHEN 0 THEN ?2 ELSE randomblob(16) END, 'openid', '', '', 1, 'pop', 1, 1, 9
              FROM n";
        let (rest, grants) = sql.rsplit_once(';').unwrap();
        connection.execute_batch(rest).unwrap();
        connection.execute(grants, [ALICE.0.as_bytes(), SESSION.0.as_bytes()]).unwrap();
        connection
    }

    /// Otherwise ending many sessions would block all other writes.
    #[test]
    fn whoever_is_told_of_a_session_is_found_without_reading_the_grants_of_others() {
        let connection = grown();

        let told = insert_for_session(
            &mut Tx::sqlite(&connection),
            Uuid::from_u128(3),
            ALICE,
            SESSION,
            Timestamp::from_unix(5),
        );

        assert_eq!(told.unwrap(), ["web".parse().unwrap()]);
        let statement = connection.prepare_cached(CLIENTS_OF_SESSION).unwrap();
        let steps = statement.get_status(StatementStatus::VmStep);
        assert!((1..200).contains(&steps), "{steps} steps");
    }
}
