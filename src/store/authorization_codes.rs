//! `authorization_codes`: one-time codes that clients exchange for tokens (RFC 6749 §4.1.2).

use super::{
    Row, StoreError, Tx,
    value::{params, parse_column},
};
use crate::{
    crypto::{BearerToken, Digest, Thumbprint},
    model::{
        GrantId, Timestamp,
        pkce::{CodeChallenge, CodeChallengeMethod},
    },
};

/// A code as stored.
#[derive(Debug, Clone)]
pub struct AuthorizationCode {
    /// The grant that the code gives access to.
    pub grant_id: GrantId,
    /// The redirect URI of the authorization request, which the token request must repeat; empty
    /// once the code was used.
    pub redirect_uri: String,
    /// The `nonce` of the authorization request, until the code is used.
    pub nonce: Option<String>,
    /// The code challenge of the authorization request.
    pub code_challenge: Option<CodeChallenge>,
    /// The only key that the code can be exchanged with (RFC 9449 §10).
    pub dpop_jkt: Option<Thumbprint>,
    /// When the code expires.
    pub expires_at: Timestamp,
    /// When the code was used.
    pub consumed_at: Option<Timestamp>,
}

const FIND: &str = "
    SELECT grant_id, redirect_uri, nonce, code_challenge, code_challenge_method, expires_at,
           consumed_at, code_digest, dpop_jkt
      FROM authorization_codes
     WHERE grant_id = ?1";

const INSERT: &str = "
    INSERT INTO authorization_codes (grant_id, code_digest, redirect_uri, nonce, code_challenge,
                                     code_challenge_method, expires_at, dpop_jkt)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

/// Keeps the columns that detect a replay. Clears the others: the client chose them, and they may
/// be long.
const CONSUME: &str = "
    UPDATE authorization_codes SET consumed_at = ?2, nonce = NULL, redirect_uri = ''
     WHERE grant_id = ?1 AND consumed_at IS NULL";

/// Finds the code that a client presents.
pub fn find(tx: &mut Tx<'_>, token: &BearerToken) -> Result<Option<AuthorizationCode>, StoreError> {
    let found =
        tx.query_opt(FIND, params![token.id()], |row| Ok((read(row)?, row.get::<Digest>(7)?)))?;
    Ok(found.filter(|(_, digest)| digest.constant_time_eq(&token.digest())).map(|(code, _)| code))
}

/// Stores a new code.
pub fn insert(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    code: &AuthorizationCode,
) -> Result<(), StoreError> {
    let challenge = code.code_challenge.as_ref();
    tx.execute(
        INSERT,
        params![
            code.grant_id,
            token.digest(),
            code.redirect_uri,
            code.nonce,
            challenge.map(|challenge| challenge.value().to_owned()),
            challenge.map(|challenge| challenge.method().as_str().to_owned()),
            code.expires_at,
            code.dpop_jkt,
        ],
    )?
    .expect_rows(1)
}

/// Marks a code as used, and clears its nonce and redirect URI. Fails if it was used before.
pub fn consume(tx: &mut Tx<'_>, token: &BearerToken, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(CONSUME, params![token.id(), now])?.expect_rows(1)
}

fn read(row: &Row<'_>) -> Result<AuthorizationCode, StoreError> {
    let challenge: Option<String> = row.get(3)?;
    let method: Option<String> = row.get(4)?;
    let parse = |value: &str| {
        let method = method.as_deref()?.parse::<CodeChallengeMethod>().ok()?;
        CodeChallenge::new(method, value).ok()
    };
    Ok(AuthorizationCode {
        grant_id: row.get(0)?,
        redirect_uri: row.get(1)?,
        nonce: row.get(2)?,
        code_challenge: challenge
            .map(|value| parse_column(&value, parse, 3, "code challenge"))
            .transpose()?,
        dpop_jkt: row.get(8)?,
        expires_at: row.get(5)?,
        consumed_at: row.get(6)?,
    })
}
