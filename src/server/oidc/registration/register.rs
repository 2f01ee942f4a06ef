//! `POST /api/oidc/register` (RFC 7591 §3)

use hyper::StatusCode;

use super::{
    answer::{RegistrationView, Secrets, refused, respond},
    authenticate::{initial_access_token, unknown},
};
use crate::{
    crypto::BearerToken,
    model::RegistrationPolicy,
    oidc::{
        OAuthError, OAuthErrorCode,
        registration::{ClientMetadata, check, check_mutual_tls, parse},
    },
    operations::{
        By,
        client_registrations::{self, RegistrationDraft},
    },
    server::{
        http::{Request, Response},
        networks,
    },
};

/// Registers a client by itself. With an initial access token it can be used at once; without one it
/// waits for an administrator, if the installation allows that at all.
pub(in crate::server) async fn register(req: Request) -> Result<Response, OAuthError> {
    respond(try_register(req).await)
}

async fn try_register(req: Request) -> Result<(StatusCode, RegistrationView), OAuthError> {
    let req = req.public().document::<ClientMetadata>().await?;
    let policy = req.app.config().registration_policy();
    let token = initial_access_token(&req.head)?;
    check_policy(policy, token.as_ref())?;
    let metadata = check(&parse(&req.body)?)?;
    check_mutual_tls(&metadata, req.app.settings().client_certificate.header.is_some())?;
    // One customer has as many of the narrow networks of IPv6 as they like.
    let ip_address = req.head.client_ip;
    let network = networks::wide(ip_address).unwrap_or_else(|| networks::narrow(ip_address));
    let draft = RegistrationDraft {
        metadata,
        token,
        ip_address: ip_address.to_string(),
        network: network.to_string(),
        app_name: req.app.config().app_name().to_owned(),
    };
    let by = By::new(req.head.actor(&req.app), req.head.now, req.app.shared_rng());
    let work = by.act(draft, client_registrations::register);
    let new = req.app.store().write(work).await.map_err(refused)?;
    let secrets = Secrets {
        secret: new.secret.as_ref().map(|secret| secret.secret.expose()),
        access_token: Some(new.access_token.expose()),
    };
    let view = RegistrationView::of(&req.app, &new.client, &new.registration, &secrets);
    Ok((StatusCode::CREATED, view))
}

/// Whether clients may register themselves, with or without a token.
fn check_policy(policy: RegistrationPolicy, token: Option<&BearerToken>) -> Result<(), OAuthError> {
    match (policy, token) {
        (RegistrationPolicy::Off, _) => Err(OAuthError::explained(
            OAuthErrorCode::AccessDenied,
            "Clients cannot register themselves here. Ask an administrator.",
        )),
        (RegistrationPolicy::Token, None) => Err(unknown()),
        (RegistrationPolicy::Token | RegistrationPolicy::Approval, _) => Ok(()),
    }
}
