//! `backchannel_logouts`: clients that are still to be told that a session ended. A row is there until
//! the client has answered, or has not answered too often.

use uuid::Uuid;

use super::{Row, StoreError, Tx, value::params};
use crate::model::{ClientId, EndedSession, SessionId, Timestamp, UserId};

/// A notice that is to be sent.
#[derive(Debug, Clone)]
pub struct BackchannelLogout {
    /// The notice; one for each client.
    pub id: Uuid,
    /// Who is told of what.
    pub ended: EndedSession,
    /// How often it was sent.
    pub attempts: i64,
}

const CLIENTS_OF_SESSION: &str = "
    SELECT DISTINCT g.client_id
      FROM grants g
      JOIN clients c ON c.id = g.client_id
     WHERE g.user_id = ?1 AND g.session_id = ?2 AND c.backchannel_logout_uri IS NOT NULL";

const INSERT: &str = "
    INSERT INTO backchannel_logouts (id, client_id, user_id, session_id, attempts, due_at)
    VALUES (?1, ?2, ?3, ?4, 0, ?5)";

const DUE: &str = "
    SELECT id, client_id, user_id, session_id, attempts
      FROM backchannel_logouts
     WHERE due_at <= ?1
     ORDER BY due_at
     LIMIT ?2";

const IS_DUE: &str = "SELECT 1 FROM backchannel_logouts WHERE due_at <= ?1 LIMIT 1";

const CLAIM: &str = "
    UPDATE backchannel_logouts SET attempts = attempts + 1, due_at = ?4
     WHERE id = ?1 AND client_id = ?2 AND attempts = ?3";

const DELETE: &str = "DELETE FROM backchannel_logouts WHERE id = ?1 AND client_id = ?2";

/// Notes who has to be told that a session ended; answers with them.
pub fn insert_for_session(
    tx: &mut Tx<'_>,
    id: Uuid,
    (user_id, session_id): (UserId, SessionId),
    now: Timestamp,
) -> Result<Vec<ClientId>, StoreError> {
    let clients: Vec<ClientId> =
        tx.query_all(CLIENTS_OF_SESSION, params![user_id, session_id], |row| row.get(0))?;
    for client_id in &clients {
        tx.execute(INSERT, params![id, client_id, user_id, session_id, now])?.expect_rows(1)?;
    }
    Ok(clients)
}

/// Whether anything is to be sent now.
pub fn is_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    tx.exists(IS_DUE, params![now])
}

/// Lists what is to be sent now.
pub fn list_due(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<BackchannelLogout>, StoreError> {
    tx.query_all(DUE, params![now, limit], read)
}

/// Takes a notice to send it; `again_at` is when it is tried again if nothing is heard. `false` when
/// another server has taken it.
pub fn claim(
    tx: &mut Tx<'_>,
    notice: &BackchannelLogout,
    again_at: Timestamp,
) -> Result<bool, StoreError> {
    let params = params![notice.id, notice.ended.client_id, notice.attempts, again_at];
    Ok(tx.execute(CLAIM, params)?.rows() == 1)
}

/// The client knows, or will not be told again.
pub fn delete(tx: &mut Tx<'_>, notice: &BackchannelLogout) -> Result<(), StoreError> {
    tx.execute(DELETE, params![notice.id, notice.ended.client_id])?.expect_rows(1)
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
