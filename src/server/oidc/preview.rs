//! What a client would be told of a user, without anybody signing in.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::user_claims::find_user_claims;
use crate::{
    model::{Amr, Client, Grant, GrantId, RequestedClaims, Scope, SessionId, Timestamp, User},
    oidc::claims::{IdTokenClaims, IdTokenInput},
    store::{StoreError, Tx, grants::Subject},
};

/// Claims that are of one sign-in only.
const OF_ONE_SIGN_IN: [&str; 9] =
    ["acr", "amr", "at_hash", "auth_time", "exp", "iat", "jti", "rat", "sid"];

/// The claims of a sign-in that has not happened.
#[derive(Debug)]
pub struct ClaimsPreview {
    /// Of the ID token, without those that are of one sign-in only.
    pub id_token: Map<String, Value>,
    /// Of UserInfo.
    pub userinfo: Map<String, Value>,
}

/// Gathers what a client would be told of a user for a scope, as the token endpoint and UserInfo do.
pub fn preview_claims(
    tx: &mut Tx<'_>,
    (client, user): (&Client, &User),
    scope: Scope,
    issuer: &str,
    now: Timestamp,
) -> Result<ClaimsPreview, StoreError> {
    let subject = Subject {
        grant: imagined_grant(client, user, scope, now),
        user: user.clone(),
        has_custom_claims: true,
        claim_rules: client.claim_rules.clone(),
        may_use_client: true,
    };
    let grant = &subject.grant;
    let in_id_token = find_user_claims(tx, &subject, grant.claims_in_id_token(), issuer)?;
    let userinfo = find_user_claims(tx, &subject, grant.claims_in_userinfo(), issuer)?;
    let input = IdTokenInput { jti: Uuid::nil(), nonce: None, at_hash: String::new() };
    let mut id_token = to_map(&IdTokenClaims::new(issuer, grant, in_id_token, input, now));
    id_token.retain(|name, _| !OF_ONE_SIGN_IN.contains(&name.as_str()));
    Ok(ClaimsPreview { id_token, userinfo: to_map(&userinfo) })
}

fn imagined_grant(client: &Client, user: &User, scope: Scope, now: Timestamp) -> Grant {
    Grant {
        id: GrantId(Uuid::nil()),
        client_id: client.id.clone(),
        user_id: user.id,
        session_id: SessionId(Uuid::nil()),
        scope,
        resource: None,
        claims: RequestedClaims::default(),
        auth_time: now,
        amr: Amr::Passkey,
        requested_at: now,
        created_at: now,
        expires_at: now,
        revoked_at: None,
    }
}

fn to_map(claims: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(claims) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}
