//! `GET` and `POST /api/oidc/userinfo` (OIDC Core §5.3, RFC 6750)

use hyper::{
    Method,
    header::{CONTENT_TYPE, WWW_AUTHENTICATE},
};

use super::{
    presented_token::{LiveToken, PresentedToken},
    user_claims::find_user_claims,
};
use crate::{
    model::{ScopeToken, Timestamp},
    oidc::{OAuthError, OAuthErrorCode, claims::UserClaims},
    server::http::{Request, Response, body::require_form},
    store::Tx,
};

/// Answers with the claims about the user that an access token gives access to.
pub(in crate::server) async fn userinfo(req: Request) -> Result<Response, OAuthError> {
    Ok(match claims(req).await {
        Ok(Some(claims)) => Response::json(&claims).no_store(),
        // RFC 6750 §3.1: a request without authentication is told the scheme, and nothing else.
        Ok(None) => Response::oauth_error(&refuse("no access token was sent"))
            .header(WWW_AUTHENTICATE, "Bearer"),
        Err(error) => {
            let challenge = format!(
                "Bearer error=\"{}\", error_description=\"{}\"",
                error.code.as_str(),
                error.description.replace('"', "'")
            );
            Response::oauth_error(&error).header(WWW_AUTHENTICATE, &challenge)
        }
    })
}

/// The claims. `None` if no token was sent.
async fn claims(req: Request) -> Result<Option<UserClaims>, OAuthError> {
    let (req, token) = bearer_token(req).await?;
    let Some(token) = token else { return Ok(None) };
    let token = PresentedToken::parse_access_token(&token);
    let token = token.ok_or_else(|| refuse("it was not issued by this server"))?;
    let req = req.public();
    let (now, issuer) = (req.head.now, req.app.issuer().to_owned());
    req.app.store().read(move |tx| find_claims(tx, &token, now, &issuer)).await.map(Some)
}

fn find_claims(
    tx: &mut Tx<'_>,
    token: &PresentedToken,
    now: Timestamp,
    issuer: &str,
) -> Result<UserClaims, OAuthError> {
    let live = token.find_live(tx, now)?;
    let unknown = "it is unknown, expired or revoked, or its user is disabled";
    let LiveToken::OfUser { subject, .. } = live.ok_or_else(|| refuse(unknown))? else {
        return Err(OAuthError::new(OAuthErrorCode::InsufficientScope, "it belongs to no user"));
    };
    if !subject.grant.scope.contains(&ScopeToken::Openid) {
        return Err(OAuthError::new(
            OAuthErrorCode::InsufficientScope,
            "it does not have the scope openid",
        ));
    }
    Ok(find_user_claims(tx, &subject, subject.grant.claims_in_userinfo(), issuer)?)
}

/// RFC 6750 §2: the token is in the header or in a form, but not in both. Tokens in a query end up
/// in logs, and RFC 9700 §4.3.2 forbids them.
async fn bearer_token(req: Request) -> Result<(Request<()>, Option<String>), OAuthError> {
    let in_header = req.head.header("authorization").map(|header| {
        let (scheme, token) = header.split_once(' ').unwrap_or((header, ""));
        if scheme.eq_ignore_ascii_case("bearer") {
            Ok(token.trim().to_owned())
        } else {
            Err(refuse("the Authorization header is not of the Bearer scheme"))
        }
    });
    // With a token in the header, a body that is not a form is ignored: applications send various
    // types there.
    let has_form = match &in_header {
        None => req.head.headers.contains_key(CONTENT_TYPE),
        Some(_) => require_form(&req.head).is_ok(),
    };
    if req.head.method != Method::POST || !has_form {
        return Ok((req.with_body(()), in_header.transpose()?));
    }
    let req = req.form().await?;
    let in_form = req.body().value("access_token").map(str::to_owned);
    let token = match (in_header, in_form) {
        (Some(_), Some(_)) => {
            return Err(OAuthError::invalid_request(
                "The access token is in the header and in the body; send only one.",
            ));
        }
        (Some(token), None) => Some(token?),
        (None, token) => token,
    };
    Ok((req.with_body(()), token))
}

fn refuse(detail: &str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidToken, detail)
}
