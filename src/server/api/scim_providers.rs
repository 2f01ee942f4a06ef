//! `/api/scim/service-provider`, and the provider of a client (Pocket ID 2.14)

use std::time::Duration;

use hyper::StatusCode;
use serde::Deserialize;

use crate::{
    crypto::{MasterKey, Secret},
    model::{
        ClientId, ScimProvider, ScimProviderId,
        text::TextError,
        view::{ClientMetaView, ScimProviderView},
    },
    operations::{
        Act, Noun, Refusal, clients,
        scim_providers::{self, ScimProviderDraft},
    },
    provisioning::{ProvisioningError, ProvisioningPolicy},
    server::{
        http::{ApiError, Authorised, Request, Response, account::Account, api_error::FieldError},
        route::{Route, delete, get, post, put},
        scim,
    },
    store::{self, Tx, images},
};

/// How long an answer waits for the end of a synchronisation: less than a request may take.
const SYNC_PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/oidc/clients/{id}/scim-service-provider", show_of_client)
            .gives::<ScimProviderView>(),
        post("/api/scim/service-provider", create)
            .takes::<Body>()
            .creates::<ScimProviderView>()
            .refuses(&[404]),
        put("/api/scim/service-provider/{id}", update).takes::<Body>().gives::<ScimProviderView>(),
        delete("/api/scim/service-provider/{id}", revoke),
        post("/api/scim/service-provider/{id}/sync", sync)
            .may_ask("allowDeletions")
            .may_ask("adopt")
            .gives_empty(200)
            .gives_empty(202)
            .refuses(&[409]),
    ]
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["endpoint", "oidcClientId"])))]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default)]
    endpoint: String,
    #[serde(default)]
    token: String,
    #[serde(default)]
    oidc_client_id: String,
}

impl Body {
    /// Checks every field and reports all faults at once.
    fn check(&self, master_key: &MasterKey) -> Result<ScimProviderDraft, ApiError> {
        let endpoint = self.endpoint.parse().map_err(|error| FieldError::new("endpoint", error));
        let required = || FieldError::new("oidcClientId", TextError::required());
        let given = (!self.oidc_client_id.is_empty()).then_some(()).ok_or_else(required);
        if let (Ok(endpoint), Ok(())) = (&endpoint, &given) {
            let client_id = ClientId::from_path(&self.oidc_client_id);
            return Ok(ScimProviderDraft {
                client_id: client_id.ok_or(Refusal::NotFound(Noun::Client))?,
                endpoint: Clone::clone(endpoint),
                token: Secret::new(&self.token),
                master_key: master_key.clone(),
            });
        }
        Err(ApiError::validation(endpoint.err().into_iter().chain(given.err()).collect()))
    }
}

/// `GET`: shows the provider of a client.
async fn show_of_client(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let not_found = || Refusal::NotFound(Noun::ScimProvider);
    let id = ClientId::from_path(&client_id).ok_or_else(not_found)?;
    let master_key = req.app.key_store().master_key.clone();
    let view = req.app.store().read(move |tx| {
        let found = store::scim_providers::find_of_client(tx, &id)?;
        view(tx, &found.ok_or_else(not_found)?, &master_key)
    });
    Ok(Response::json(&view.await?))
}

/// `POST`: creates a provider.
async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Body>().await?;
    let view = write(&req, scim_providers::create).await?;
    Ok(Response::json(&view).status(StatusCode::CREATED))
}

/// `PUT`: sets everything of a provider. An empty token deletes the stored one.
async fn update(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Body>().await?;
    let id = parse(&id)?;
    let view = write(&req, move |act, draft| scim_providers::update(act, id, draft)).await?;
    Ok(Response::json(&view))
}

/// `DELETE`: deletes a provider.
async fn revoke(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    req.act(parse(&id)?, |act, id| scim_providers::delete(act, *id)).await?;
    Ok(Response::no_content())
}

/// `POST .../sync`: provisions the users and groups of a client, and answers when that is done. `202` means that
/// it goes on: `lastSyncedAt` or `lastError` of the provider tell of its end. A failure is `500`, with its reason in
/// `details.reason`. A synchronisation that would delete most of the accounts is refused unless `allowDeletions` is `true`.
/// Accounts and groups of the application that have the name of a user or a group here, and that belong to no directory,
/// are taken over if `adopt` is `true`; otherwise they are failures.
async fn sync(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = parse(&id)?;
    let is_true = |name| req.head.query_value(name).is_some_and(|value| value == "true");
    let policy =
        ProvisioningPolicy { allow_deletions: is_true("allowDeletions"), adopt: is_true("adopt") };
    req.app.store().read(move |tx| scim_providers::require(tx, id)).await?;
    let running = scim::synchronise(&req.app, id, policy);
    match tokio::time::timeout(SYNC_PATIENCE, running).await {
        Ok(Ok(_)) => Ok(Response::empty(StatusCode::OK)),
        Ok(Err(error)) => Err(failure(error)),
        Err(_) => Ok(Response::empty(StatusCode::ACCEPTED)),
    }
}

fn failure(error: ProvisioningError) -> ApiError {
    match error {
        ProvisioningError::Gone => Refusal::NotFound(Noun::ScimProvider).into(),
        ProvisioningError::Store(error) => error.into(),
        ProvisioningError::Busy => {
            ApiError::new(StatusCode::CONFLICT, "sync_in_progress", error.to_string())
        }
        error => {
            let message = "The application could not be synchronised";
            let failed =
                ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", message);
            failed.reason(&error)
        }
    }
}

async fn write(
    req: &Authorised<Account, Body>,
    verb: impl Fn(&mut Act<'_, '_>, &ScimProviderDraft) -> Result<ScimProvider, Refusal>
    + Send
    + 'static,
) -> Result<ScimProviderView, ApiError> {
    let draft = req.body.check(req.app.key_store().master_key)?;
    let written = req.act(draft, move |act, draft| {
        let provider = verb(act, draft)?;
        view(act, &provider, &draft.master_key)
    });
    Ok(written.await?)
}

fn view(
    tx: &mut Tx<'_>,
    provider: &ScimProvider,
    master_key: &MasterKey,
) -> Result<ScimProviderView, Refusal> {
    let client = clients::require(tx, &provider.client_id)?;
    let logos = images::logos_of_client(tx, &client.id)?;
    let token = scim_providers::open_token(provider, master_key);
    Ok(ScimProviderView::of(provider, token.as_ref(), ClientMetaView::of(&client, logos)))
}

fn parse(id: &str) -> Result<ScimProviderId, ApiError> {
    super::id(id, || Refusal::NotFound(Noun::ScimProvider).into())
}
