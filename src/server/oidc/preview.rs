//! Previews the claims that a client would get about a user, without a sign-in.

use serde::Serialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::user_claims::{ClaimsAt, find_user_claims};
use crate::{
    model::{
        Amr, Client, DemandedBinding, Grant, GrantId, RequestedClaims, Scope, SessionId, Timestamp,
        User,
    },
    oidc::{
        AccessTokenClaims, AccessTokenId,
        claims::{ID_TOKEN_SECONDS, IdTokenClaims, IdTokenInput},
    },
    store::{StoreError, Tx, grants::Subject},
};

/// Claims that belong to one sign-in only.
const OF_ONE_SIGN_IN: [&str; 9] =
    ["acr", "amr", "at_hash", "auth_time", "exp", "iat", "jti", "rat", "sid"];

/// The claims of an imagined sign-in.
#[derive(Debug)]
pub struct ClaimsPreview {
    /// The claims of the ID token, without those that belong to one sign-in only.
    pub id_token: Map<String, Value>,
    /// The claims of UserInfo.
    pub userinfo: Map<String, Value>,
}

/// The input of a preview.
#[derive(Debug, Clone)]
pub struct PreviewInput<'a> {
    /// The scope that the client requests.
    pub scope: Scope,
    /// The issuer identifier.
    pub issuer: &'a str,
    /// The id of both tokens.
    pub jti: Uuid,
    /// The time when they are issued.
    pub now: Timestamp,
}

/// Gathers the claims that a client would get about a user for a scope, as the token endpoint and
/// UserInfo do.
pub fn preview_claims(
    tx: &mut Tx<'_>,
    client: &Client,
    user: &User,
    input: PreviewInput<'_>,
) -> Result<ClaimsPreview, StoreError> {
    let PreviewInput { scope, issuer, jti, now } = input;
    let subject = Subject {
        grant: imagined_grant(client, user, scope, now),
        user: user.clone(),
        has_custom_claims: true,
        claim_rules: client.claim_rules.clone(),
        userinfo_alg: None,
        demanded_binding: DemandedBinding::default(),
        may_use_client: true,
        admitted_until: Timestamp::FAR_AWAY,
        max_session_age_seconds: client.max_session_age_seconds,
    };
    let grant = &subject.grant;
    let at = ClaimsAt { issuer, now };
    let in_id_token = find_user_claims(tx, &subject, grant.claims_in_id_token(), at)?;
    let userinfo = find_user_claims(tx, &subject, grant.claims_in_userinfo(), at)?;
    let input = IdTokenInput { jti, nonce: None, at_hash: String::new() };
    let mut id_token = to_map(&IdTokenClaims::new(issuer, grant, in_id_token, input, now));
    id_token.retain(|name, _| !OF_ONE_SIGN_IN.contains(&name.as_str()));
    Ok(ClaimsPreview { id_token, userinfo: to_map(&userinfo) })
}

/// The claims of tokens that are not issued (Pocket ID 2.14).
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(in crate::server) struct TokensPreview {
    id_token: Map<String, Value>,
    access_token: Map<String, Value>,
    user_info: Map<String, Value>,
}

impl TokensPreview {
    /// The parts, each with the key of its name on pages.
    pub(in crate::server) fn parts(&self) -> [(&'static str, &Map<String, Value>); 3] {
        [
            ("clients.id_token", &self.id_token),
            ("clients.access_token_claims", &self.access_token),
            ("clients.userinfo", &self.user_info),
        ]
    }
}

/// Gathers the claims of the tokens that a client would get for a user, with readable times.
pub(in crate::server) fn preview_tokens(
    tx: &mut Tx<'_>,
    client: &Client,
    user: &User,
    input: PreviewInput<'_>,
) -> Result<TokensPreview, StoreError> {
    let claims = preview_claims(tx, client, user, input.clone())?;
    let PreviewInput { scope, issuer, jti, now } = input;
    let grant = imagined_grant(client, user, scope, now);
    let access_token_id = AccessTokenId::new(GrantId(jti), jti);
    let session_end = client.session_ends_at(now);
    let access_token = AccessTokenClaims::new(issuer, &grant, client, access_token_id, now);
    let access_token = access_token.until(session_end);
    let mut id_token = claims.id_token;
    for (name, value) in [
        ("auth_time", Value::from(now.as_unix())),
        ("exp", now.plus(ID_TOKEN_SECONDS).min(session_end).as_unix().into()),
        ("iat", now.as_unix().into()),
        ("jti", jti.to_string().into()),
        ("rat", now.as_unix().into()),
    ] {
        id_token.insert(name.to_owned(), value);
    }
    let mut access_token = to_map(&access_token);
    access_token.insert("jti".to_owned(), jti.to_string().into());
    for token in [&mut id_token, &mut access_token] {
        for name in ["exp", "iat"] {
            if let Some(seconds) = token.get(name).and_then(Value::as_i64) {
                let moment = Timestamp::from_unix(seconds).to_string();
                token.insert(name.to_owned(), moment.into());
            }
        }
    }
    Ok(TokensPreview { id_token, access_token, user_info: claims.userinfo })
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
