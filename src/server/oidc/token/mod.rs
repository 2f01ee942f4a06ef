//! `POST /api/oidc/token` (RFC 6749 §3.2)

mod code;
mod device;
mod exchange;
mod issue;
mod refresh;

pub(super) use issue::REFRESH_PREFIX;

use crate::{
    oidc::{OAuthError, OAuthErrorCode, Params},
    server::{
        client_auth::with_challenge,
        http::{Request, Response},
        limits,
    },
};

/// Exchanges a code, a device code or a refresh token for tokens.
pub(in crate::server) async fn token(req: Request) -> Result<Response, OAuthError> {
    let used_header = req.head.header("authorization").is_some();
    with_challenge(used_header, respond(req).await)
}

async fn respond(req: Request) -> Result<Response, OAuthError> {
    let req = req.form(limits::TOKEN).await?;
    let grant_type = GrantType::parse(req.body())?;
    let req = req.authenticate_client().await?;
    let client_id = req.who.id.to_string();
    let tokens = match grant_type {
        GrantType::AuthorizationCode => code::redeem(req).await?,
        GrantType::DeviceCode => device::redeem(req).await?,
        GrantType::RefreshToken => refresh::rotate(req).await?,
    };
    Ok(Response::json(&tokens).no_store().log_client(&client_id))
}

enum GrantType {
    AuthorizationCode,
    DeviceCode,
    RefreshToken,
}

impl GrantType {
    fn parse(params: &Params) -> Result<Self, OAuthError> {
        match params.required("grant_type")? {
            "authorization_code" => Ok(Self::AuthorizationCode),
            "urn:ietf:params:oauth:grant-type:device_code" => Ok(Self::DeviceCode),
            "refresh_token" => Ok(Self::RefreshToken),
            other => {
                let detail =
                    format!("grant_type is {:?}", other.chars().take(60).collect::<String>());
                Err(OAuthError::new(OAuthErrorCode::UnsupportedGrantType, detail))
            }
        }
    }
}
