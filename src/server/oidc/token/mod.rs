//! `POST /api/oidc/token` (RFC 6749 §3.2)

mod client_credentials;
mod code;
mod confidential;
mod device;
mod exchange_limits;
mod identity_assertion;
mod issue;
mod jwt_bearer;
mod redemption;
mod refresh;
mod token_exchange;

pub(super) use issue::{REFRESH_PREFIX, TokenResponse};

use super::{
    binding::Binding,
    dpop::{Proof, with_nonce},
};
use crate::{
    model::{Client, GrantType},
    oidc::{
        OAuthError, OAuthErrorCode, Params, identity_assertion::is_requested, resource,
        service_assertion::as_of_no_service,
    },
    server::http::{Authorised, Request, Response},
};

/// Exchanges a code, a device code, a refresh token, an access token, or the client's credentials alone,
/// for tokens.
pub(in crate::server) async fn token(req: Request) -> Result<Response, OAuthError> {
    let req = req.form().await?;
    let grant_type = parse_grant_type(req.body())?;
    // Checks the syntax here, before any lookup.
    resource::read(req.body())?;
    let proof = Proof::read(req.app_for_authorising(), &req.head, None)?;
    let (req, is_filled_in) = req.with_client_of_service().await?;
    let admitted = admit(req, grant_type, proof).await;
    let (req, binding) = if is_filled_in { admitted.map_err(as_of_no_service)? } else { admitted? };
    let nonce = Proof::renew_nonce(binding.proof.as_ref(), &req.app, req.head.now);
    let client_id = req.who.id.to_string();
    let tokens = match grant_type {
        GrantType::AuthorizationCode => code::redeem(req, binding).await?,
        GrantType::ClientCredentials => client_credentials::issue(req, binding).await?,
        GrantType::DeviceCode => device::redeem(req, binding).await?,
        GrantType::JwtBearer => jwt_bearer::issue(req, binding).await?,
        GrantType::RefreshToken => refresh::rotate(req, binding).await?,
        GrantType::TokenExchange if is_requested(&req.body) => {
            identity_assertion::issue(req, binding).await?
        }
        GrantType::TokenExchange => token_exchange::issue(req, binding).await?,
    };
    let response = Response::json(&tokens).no_store().log_client(&client_id);
    Ok(with_nonce(response, nonce.as_deref()).log_issued(grant_type))
}

/// Requires a client that may use the grant type, and the keys that it has to bind its tokens to.
async fn admit(
    req: Request<Params>,
    grant_type: GrantType,
    proof: Option<Proof>,
) -> Result<(Authorised<Client, Params>, Binding), OAuthError> {
    let req = req.authenticate_client().await?;
    if !req.who.may_use(grant_type) {
        let detail = "its metadata does not list the grant type";
        return Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, detail));
    }
    let binding = Binding::of_client(&req.app, &req.head, &req.who, proof)?;
    Ok((req, binding))
}

fn parse_grant_type(params: &Params) -> Result<GrantType, OAuthError> {
    let text = params.required("grant_type")?;
    GrantType::parse(text).ok_or_else(|| {
        let detail = format!("grant_type is {:?}", text.chars().take(60).collect::<String>());
        OAuthError::new(OAuthErrorCode::UnsupportedGrantType, detail)
    })
}
