//! `pushed_authorization_requests`: authorization requests that clients push, for browsers to refer
//! to (RFC 9126).
//!
//! A request lives for 90 seconds, or until it is answered.

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

/// A pushed request.
#[derive(Debug, Clone)]
pub struct PushedRequest {
    /// The client.
    pub client_id: ClientId,
    /// The parameters of the request.
    pub parameters: BTreeMap<String, String>,
}

/// Finds a pushed request. `None` when it does not exist, has expired or was answered.
pub fn find(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    now: Timestamp,
) -> Result<Option<PushedRequest>, StoreError> {
    let parse = |text: &str| serde_json::from_str(text).ok();
    let found = tx.query_opt(FIND, params![token.id(), now], |row| {
        let parameters: String = row.get(0)?;
        let parameters = parse_column(&parameters, parse, 0, "parameter map")?;
        Ok((PushedRequest { client_id: row.get(2)?, parameters }, row.get::<Digest>(1)?))
    })?;
    let is_proven = |digest: &Digest| digest.constant_time_eq(&token.digest());
    Ok(found.filter(|(_, digest)| is_proven(digest)).map(|(pushed, _)| pushed))
}

/// A new pushed request.
#[derive(Debug)]
pub struct NewPushedRequest<'a> {
    /// The `request_uri` that refers to it.
    pub token: &'a BearerToken,
    /// The client that pushed it.
    pub client_id: &'a ClientId,
    /// Its parameters.
    pub parameters: &'a BTreeMap<String, String>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// Stores a pushed request.
pub fn insert(
    tx: &mut Tx<'_>,
    room: &Room,
    request: &NewPushedRequest<'_>,
) -> Result<(), StoreError> {
    let NewPushedRequest { token, client_id, parameters, expires_at } = request;
    let parameters = to_json(parameters)?;
    let row = params![token.id(), token.digest(), client_id, parameters, expires_at];
    room.store(tx, |tx| tx.execute(INSERT, row)?.expect_rows(1))
}

/// Deletes an answered request. `false` when it no longer exists.
pub fn consume(tx: &mut Tx<'_>, id: Uuid) -> Result<bool, StoreError> {
    Ok(tx.execute(CONSUME, params![id])?.rows() == 1)
}
