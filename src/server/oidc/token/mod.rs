//! `POST /api/oidc/token` (RFC 6749 §3.2)

mod code;
mod exchange;
mod issue;
mod refresh;

pub(super) use issue::REFRESH_PREFIX;

use hyper::header::WWW_AUTHENTICATE;

use crate::{
    oidc::{OAuthError, OAuthErrorCode, Params},
    server::{
        http::{Request, Response},
        limits,
    },
};

/// Exchanges a code or a refresh token for tokens.
pub(in crate::server) async fn token(req: Request) -> Result<Response, OAuthError> {
    let used_header = req.head.header("authorization").is_some();
    match respond(req).await {
        Ok(response) => Ok(response),
        // RFC 6749 §5.2: a client that tried the header is told which scheme it may use.
        Err(error) if error.code == OAuthErrorCode::InvalidClient && used_header => {
            let challenge = "Basic realm=\"pocketid\", charset=\"UTF-8\"";
            Ok(Response::oauth_error(&error).header(WWW_AUTHENTICATE, challenge))
        }
        Err(error) => Err(error),
    }
}

async fn respond(req: Request) -> Result<Response, OAuthError> {
    let req = req.form(limits::TOKEN).await?;
    let grant_type = GrantType::parse(req.body())?;
    let req = req.authenticate_client().await?;
    let client_id = req.who.id.to_string();
    let tokens = match grant_type {
        GrantType::AuthorizationCode => code::redeem(req).await?,
        GrantType::RefreshToken => refresh::rotate(req).await?,
    };
    Ok(Response::json(&tokens).no_store().log_client(&client_id))
}

enum GrantType {
    AuthorizationCode,
    RefreshToken,
}

impl GrantType {
    fn parse(params: &Params) -> Result<Self, OAuthError> {
        match params.required("grant_type")? {
            "authorization_code" => Ok(Self::AuthorizationCode),
            "refresh_token" => Ok(Self::RefreshToken),
            other => {
                let detail =
                    format!("grant_type is {:?}", other.chars().take(60).collect::<String>());
                Err(OAuthError::new(OAuthErrorCode::UnsupportedGrantType, detail))
            }
        }
    }
}
