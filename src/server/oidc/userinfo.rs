//! `GET` and `POST /api/oidc/userinfo` (OIDC Core §5.3, RFC 6750)

use hyper::{
    Method,
    header::{CONTENT_TYPE, WWW_AUTHENTICATE},
};
use serde::Deserialize;

use crate::{
    crypto::{Digest, jws},
    model::{GrantId, ScopeToken, Timestamp},
    oidc::{AccessTokenId, OAuthError, OAuthErrorCode, claims::UserClaims},
    server::{
        http::{Request, Response},
        limits,
    },
    store::{Tx, access_tokens, grants, groups},
};

/// The longest token that is looked at, in bytes.
const MAX_TOKEN: usize = 8 * 1024;

/// The claims about the user that an access token is good for.
pub(in crate::server) async fn userinfo(req: Request) -> Response {
    let has_token = req.head.header("authorization").is_some() || req.head.method == Method::POST;
    match claims(req).await {
        Ok(claims) => Response::json(&claims).no_store(),
        Err(error) => {
            // RFC 6750 §3.1: a request that does not authenticate learns the scheme, no more.
            let challenge = match has_token {
                false => "Bearer".to_owned(),
                true => format!(
                    "Bearer error=\"{}\", error_description=\"{}\"",
                    error.code.as_str(),
                    error.description.replace('"', "'")
                ),
            };
            Response::oauth_error(&error).header(WWW_AUTHENTICATE, &challenge)
        }
    }
}

async fn claims(req: Request) -> Result<UserClaims, OAuthError> {
    let (req, token) = bearer_token(req).await?;
    let grant_id = token_id(&token)?.grant();
    let req = req.public();
    let (digest, now, issuer) = (Digest::of(&token), req.head.now, req.app.issuer().to_owned());
    req.app.store().read(move |tx| find_claims(tx, grant_id, digest, now, &issuer)).await
}

fn find_claims(
    tx: &mut Tx<'_>,
    grant_id: GrantId,
    digest: Digest,
    now: Timestamp,
    issuer: &str,
) -> Result<UserClaims, OAuthError> {
    if !access_tokens::is_live(tx, grant_id, digest, now)? {
        return Err(refuse("it is unknown or expired"));
    }
    let (grant, user) = grants::find(tx, grant_id)?.ok_or_else(|| refuse("its grant is gone"))?;
    if grant.revoked_at.is_some() {
        return Err(refuse("it is revoked"));
    }
    if !grant.scope.contains(ScopeToken::Openid) {
        return Err(OAuthError::new(OAuthErrorCode::InsufficientScope, "no openid"));
    }
    if user.disabled {
        return Err(refuse("its user is disabled"));
    }
    let groups = match grant.scope.contains(ScopeToken::Groups) {
        true => groups::list_of_user(tx, user.id)?,
        false => Vec::new(),
    };
    Ok(UserClaims::of(&user, &groups, &grant.scope, issuer))
}

/// RFC 6750 §2: in the header or in a form, in one of them. Tokens in a query end up in logs, and
/// RFC 9700 §4.3.2 forbids them.
async fn bearer_token(req: Request) -> Result<(Request<()>, String), OAuthError> {
    let in_header = req.head.header("authorization").map(|header| {
        let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
        match scheme.eq_ignore_ascii_case("bearer") {
            true => Ok(token.trim().to_owned()),
            false => Err(refuse("the Authorization header is not of the Bearer scheme")),
        }
    });
    let has_body = req.head.method == Method::POST && req.head.headers.contains_key(CONTENT_TYPE);
    if !has_body {
        let token = in_header.unwrap_or_else(|| Err(refuse("none was given")))?;
        return Ok((req.with_body(()), token));
    }
    let req = req.form(limits::TOKEN).await?;
    let in_form = req.body().value("access_token").map(str::to_owned);
    let token = match (in_header, in_form) {
        (Some(_), Some(_)) => {
            return Err(OAuthError::invalid_request(
                "The access token is in the header and in the body; one of them is enough.",
            ));
        }
        (Some(token), None) => token?,
        (None, Some(token)) => token,
        (None, None) => return Err(refuse("none was given")),
    };
    Ok((req.with_body(()), token))
}

/// Where to look; the digest of the whole token then proves it.
fn token_id(token: &str) -> Result<AccessTokenId, OAuthError> {
    #[derive(Deserialize)]
    struct Claims {
        jti: AccessTokenId,
    }
    let malformed = || refuse("it is not one of ours");
    if token.len() > MAX_TOKEN {
        return Err(malformed());
    }
    jws::peek_claims::<Claims>(token).map(|claims| claims.jti).ok_or_else(malformed)
}

fn refuse(detail: &str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidToken, detail)
}
