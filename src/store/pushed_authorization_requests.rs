//! `pushed_authorization_requests`: requests that a client left with us for its user's browser to
//! refer to (RFC 9126).
//!
//! Live for a minute and a half, or until they are taken up.

use std::collections::BTreeMap;

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
    SELECT parameters, request_digest
      FROM pushed_authorization_requests
     WHERE id = ?1 AND client_id = ?2 AND expires_at > ?3";

const INSERT: &str = "
    INSERT INTO pushed_authorization_requests (id, request_digest, client_id, parameters,
                                               expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5)";

const CONSUME: &str = "DELETE FROM pushed_authorization_requests WHERE id = ?1";

/// Finds the parameters that a client pushed; `None` when there are none of this client, or when
/// they are over.
pub fn find(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    client_id: &ClientId,
    now: Timestamp,
) -> Result<Option<BTreeMap<String, String>>, StoreError> {
    let parse = |text: &str| serde_json::from_str(text).ok();
    let found = tx.query_opt(FIND, params![token.id(), client_id, now], |row| {
        let parameters: String = row.get(0)?;
        let parameters = parse_column(&parameters, parse, 0, "map of parameters")?;
        Ok((parameters, row.get::<Digest>(1)?))
    })?;
    let is_proven = |digest: &Digest| digest.constant_time_eq(&token.digest());
    Ok(found.filter(|(_, digest)| is_proven(digest)).map(|(parameters, _)| parameters))
}

/// Stores what a client pushed.
pub fn insert(
    tx: &mut Tx<'_>,
    room: &Room,
    token: &BearerToken,
    (client_id, parameters): (&ClientId, &BTreeMap<String, String>),
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    room.make(tx)?;
    let parameters = to_json(parameters)?;
    tx.execute(INSERT, params![token.id(), token.digest(), client_id, parameters, expires_at])?
        .expect_rows(1)
}

/// Takes a request that was found out of the database, for its one use. `false` when somebody else
/// already has.
pub fn consume(tx: &mut Tx<'_>, token: &BearerToken) -> Result<bool, StoreError> {
    Ok(tx.execute(CONSUME, params![token.id()])?.rows() == 1)
}
