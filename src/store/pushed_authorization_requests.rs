//! `pushed_authorization_requests`: requests that a client left with us for its user's browser to
//! refer to (RFC 9126).
//!
//! Live for a minute and a half, or until they are answered.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    StoreError, Tx,
    room::Room,
    value::{params, parse_column, to_json},
};
use crate::{
    crypto::{BearerToken, Digest},
    model::{ClientId, Timestamp},
};

const FIND: &str = "
    SELECT parameters, request_digest, client_id
      FROM pushed_authorization_requests
     WHERE id = ?1 AND expires_at > ?2";

const INSERT: &str = "
    INSERT INTO pushed_authorization_requests (id, request_digest, client_id, parameters,
                                               expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const CONSUME: &str = "DELETE FROM pushed_authorization_requests WHERE id = ?1";

/// What a client pushed.
#[derive(Debug, Clone)]
pub struct Pushed {
    /// The client.
    pub client_id: ClientId,
    /// The parameters of its request.
    pub parameters: BTreeMap<String, String>,
}

/// Finds what was pushed; `None` when there is nothing, when it has expired or was answered.
pub fn find(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    now: Timestamp,
) -> Result<Option<Pushed>, StoreError> {
    let parse = |text: &str| serde_json::from_str(text).ok();
    let found = tx.query_opt(FIND, params![token.id(), now], |row| {
        let parameters: String = row.get(0)?;
        let parameters = parse_column(&parameters, parse, 0, "map of parameters")?;
        Ok((Pushed { client_id: row.get(2)?, parameters }, row.get::<Digest>(1)?))
    })?;
    let is_proven = |digest: &Digest| digest.constant_time_eq(&token.digest());
    Ok(found.filter(|(_, digest)| is_proven(digest)).map(|(pushed, _)| pushed))
}

/// Stores what a client pushed.
pub fn insert(
    tx: &mut Tx<'_>,
    room: &Room,
    token: &BearerToken,
    (client_id, parameters): (&ClientId, &BTreeMap<String, String>),
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let parameters = to_json(parameters)?;
    let row = params![token.id(), token.digest(), client_id, parameters, expires_at];
    room.store(tx, |tx| tx.execute(INSERT, row)?.expect_rows(1))
}

/// Takes a request out of the database that is answered. `false` when it is not there any more.
pub fn consume(tx: &mut Tx<'_>, id: Uuid) -> Result<bool, StoreError> {
    Ok(tx.execute(CONSUME, params![id])?.rows() == 1)
}
