//! Logout notices to clients in the outbox (OIDC Back-Channel Logout 1.0).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    StoreError, Tx,
    outbox::{self, Lane, MessageContent, NewMessage, OutboxMessage},
    value::{params, to_json},
};
use crate::model::{ClientId, EndedSession, MessageKind, SessionId, Timestamp, UserId};

/// How long a notice is tried, in seconds.
const LIFETIME: i64 = 10_800;

/// The user and the session of a notice; its client is stored beside it. Neither has to exist any more.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogoutNotice {
    user_id: Uuid,
    session_id: Uuid,
}

/// Goes from the few grants of the session to their clients. The other way round, from the clients
/// with a logout URI, it would read the grants of all users. `CROSS JOIN` fixes the order in
/// SQLite; PostgreSQL decides by statistics.
const CLIENTS_OF_SESSION: &str = "
    SELECT DISTINCT g.client_id
      FROM grants g
     CROSS JOIN clients c
     WHERE g.session_id = ?1 AND c.id = g.client_id AND c.backchannel_logout_uri IS NOT NULL";

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
    let notice = LogoutNotice { user_id: user_id.0, session_id: session_id.0 };
    let content = MessageContent::Plain(to_json(&notice)?);
    for client_id in &clients {
        let lane =
            Lane { kind: MessageKind::BackchannelLogout, recipient: client_id.as_str().to_owned() };
        let message = NewMessage {
            id,
            lane: &lane,
            content: &content,
            due_at: now,
            expires_at: now.plus(LIFETIME),
        };
        outbox::insert(tx, &message)?;
    }
    Ok(clients)
}

/// Reads the notice in a message. `None` for a message that holds none.
pub fn ended_session(message: &OutboxMessage) -> Option<EndedSession> {
    let MessageContent::Plain(json) = &message.content else { return None };
    let LogoutNotice { user_id, session_id } = serde_json::from_str(json).ok()?;
    Some(EndedSession {
        client_id: message.lane.recipient.parse().ok()?,
        user_id: UserId(user_id),
        session_id: SessionId(session_id),
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
