//! `/api/oidc/register/{id}` (RFC 7592)

use std::sync::Arc;

use hyper::StatusCode;

use super::{
    answer::{RegistrationView, Secrets, refuse, refused, respond},
    authenticate::{access_token, unknown},
};
use crate::{
    crypto::{BearerToken, Digest, SecretHash},
    model::{Client, RegistrationPolicy},
    oidc::{
        OAuthError, OAuthErrorCode,
        registration::{ClientMetadata, check, check_mutual_tls, parse},
    },
    operations::{
        By,
        client_registrations::{self, RegistrationUpdate},
        clients,
    },
    server::{
        App,
        http::{Head, Request, Response},
    },
    store::{
        batches,
        client_registrations::{ClientRegistration, find_presented},
        clients as client_rows,
    },
};

/// Shows a client its registration.
pub(in crate::server) async fn show(req: Request, id: String) -> Result<Response, OAuthError> {
    let req = req.public();
    respond(match authenticate(&req.app, &req.head, &id).await {
        Ok((_, client, registration)) => {
            let view = RegistrationView::of(&req.app, &client, &registration, &Secrets::default());
            Ok((StatusCode::OK, view))
        }
        Err(error) => Err(error),
    })
}

/// Replaces a registration. A client that an administrator approved waits for them again.
pub(in crate::server) async fn replace(req: Request, id: String) -> Result<Response, OAuthError> {
    respond(try_replace(req, &id).await)
}

async fn try_replace(req: Request, id: &str) -> Result<(StatusCode, RegistrationView), OAuthError> {
    let req = req.public();
    let (token, client, _) = authenticate(&req.app, &req.head, id).await?;
    if req.app.config().registration_policy() == RegistrationPolicy::Off {
        return Err(OAuthError::explained(
            OAuthErrorCode::AccessDenied,
            "Clients cannot change their registration here any more.",
        ));
    }
    let req = req.document::<ClientMetadata>().await?;
    let metadata = parse(&req.body)?;
    check_is_own(&req.app, &req.head, &metadata, &client).await?;
    let checked = check(&metadata)?;
    check_mutual_tls(&checked, req.app.settings().client_certificate.header.is_some())?;
    let update = RegistrationUpdate {
        access_token: token.clone(),
        metadata: checked,
        ip_address: req.head.client_ip.to_string(),
        app_name: req.app.config().app_name().to_owned(),
    };
    let by = By::new(req.head.actor(&req.app), req.head.now, req.app.shared_rng());
    let work = by.act(update, client_registrations::update);
    let (client, registration, secret) = req.app.store().write(work).await.map_err(refused)?;
    let secrets = Secrets {
        secret: secret.as_ref().map(|secret| secret.secret.expose()),
        access_token: Some(token.expose()),
    };
    Ok((StatusCode::OK, RegistrationView::of(&req.app, &client, &registration, &secrets)))
}

/// Deletes a client, with its grants and tokens.
pub(in crate::server) async fn delete(req: Request, id: String) -> Result<Response, OAuthError> {
    let req = req.public();
    let (_, client, _) = match authenticate(&req.app, &req.head, &id).await {
        Ok(found) => found,
        Err(error) => return refuse(error),
    };
    let (app, wanted) = (Arc::clone(&req.app), client.id.clone());
    let work = move || batches::delete_grants_of_client(app.store(), &wanted);
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| OAuthError::new(OAuthErrorCode::ServerError, error.to_string()))??;
    let by = By::new(req.head.actor(&req.app), req.head.now, req.app.shared_rng());
    let deleted = req.app.store().write(by.act(client.id.clone(), clients::delete)).await;
    deleted.map_err(refused)?;
    Ok(Response::no_content().log_client(client.id.as_str()))
}

/// Finds the client by its token.
async fn authenticate(
    app: &App,
    head: &Head,
    id: &str,
) -> Result<(BearerToken, Client, ClientRegistration), OAuthError> {
    let token = access_token(head, id)?;
    let lookup = token.clone();
    let found = app.store().read(move |tx| find_presented(tx, &lookup)).await?;
    let (client, registration) = found.ok_or_else(unknown)?;
    Ok((token, client, registration))
}

/// RFC 7592 §2.2: an update names the client, and no other secret than its own.
async fn check_is_own(
    app: &App,
    head: &Head,
    metadata: &ClientMetadata,
    client: &Client,
) -> Result<(), OAuthError> {
    if metadata.client_id.as_deref() != Some(client.id.as_str()) {
        return Err(OAuthError::invalid_request("The client_id is not that of the client."));
    }
    let Some(secret) = &metadata.client_secret else { return Ok(()) };
    let (id, now, presented) = (client.id.clone(), head.now, Digest::of(secret));
    let stored = app.store().read(move |tx| client_rows::list_live_secrets(tx, &id, now));
    let is_it = stored.await?.iter().fold(false, |found, (_, hash)| match hash {
        SecretHash::Sha256(digest) => digest.constant_time_eq(&presented) | found,
        SecretHash::Bcrypt(_) => found,
    });
    if is_it {
        Ok(())
    } else {
        Err(OAuthError::invalid_request("The client_secret is not that of the client."))
    }
}
