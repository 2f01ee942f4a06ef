//! Clients whose id is the URL of their metadata document
//! (draft-ietf-oauth-client-id-metadata-document). The document is fetched when it is unknown or
//! too old.

use std::{sync::Arc, time::Duration};

use super::{
    App, failure::PageError, http::Head, limiter::Policy, limits, pages::PageProblem,
    refusal::RequestRefusal, turns::Whom,
};
use crate::{
    model::{Client, ClientId, Timestamp},
    oidc::{
        OAuthError, OAuthErrorCode,
        client_metadata::{MetadataFault, lifetime, read},
    },
    operations::{
        By, Refusal,
        clients::{self, Description},
    },
    outbound::{self, OutboundError, Reach},
    store::{
        StoreError, Tx, client_metadata_documents,
        client_metadata_requests::{self, RequestStatus},
        clients as clients_table,
    },
};

/// How long a fetch may take as a whole.
const FETCH_TIME: Duration = Duration::from_secs(10);
/// How long a request waits for its turn to fetch.
const QUEUE_TIME: Duration = Duration::from_secs(10);

/// Why a document could not be fetched.
#[derive(Debug, thiserror::Error)]
pub(super) enum FetchFault {
    #[error("the server answered with status {0}")]
    Status(u16),
    #[error("the response has the type {0:?} and not JSON")]
    ContentType(String),
    #[error(transparent)]
    Metadata(#[from] MetadataFault),
    #[error(transparent)]
    Outbound(#[from] OutboundError),
}

/// Why it could not be found out whether a client may be used.
#[derive(Debug)]
pub(super) enum LookupFault {
    /// Too many others wait for their turn.
    Busy,
    /// The database failed.
    Store(StoreError),
    /// The network asked for too many documents. Holds the seconds to wait.
    TooMany(u64),
}

impl From<StoreError> for LookupFault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

const BUSY: &str = "too many client metadata documents are being fetched";

impl From<LookupFault> for OAuthError {
    fn from(fault: LookupFault) -> Self {
        match fault {
            LookupFault::Busy => Self::new(OAuthErrorCode::TemporarilyUnavailable, BUSY),
            LookupFault::Store(error) => error.into(),
            LookupFault::TooMany(seconds) => RequestRefusal::TooMany(seconds).into(),
        }
    }
}

impl From<LookupFault> for PageError {
    fn from(fault: LookupFault) -> Self {
        match fault {
            LookupFault::Busy => Self::from(PageProblem::Unavailable).because(BUSY),
            LookupFault::Store(error) => error.into(),
            LookupFault::TooMany(seconds) => RequestRefusal::TooMany(seconds).into(),
        }
    }
}

/// Whether the stored client may be used. A registered client always may. A client with a metadata
/// document must be on the allowlist at each use, and its document must be fresh.
pub(super) async fn is_current(
    app: &Arc<App>,
    head: &Head,
    id: &ClientId,
) -> Result<bool, LookupFault> {
    if !id.is_url() {
        return Ok(true);
    }
    if !is_allowed(app, id).await? {
        return Ok(false);
    }
    if is_fresh(app, id, head.now).await? {
        return Ok(true);
    }
    app.limiter().check(Policy::ClientMetadata, head.client_ip).map_err(LookupFault::TooMany)?;
    let place = app
        .metadata_fetches()
        .line_up(head.client_ip, Whom::Client(id.clone()))
        .ok_or(LookupFault::Busy)?;
    let turn = tokio::time::timeout(QUEUE_TIME, place.turn()).await;
    let turn = turn.map_err(|_| LookupFault::Busy)?;
    // An earlier request in the queue may have fetched it.
    if is_fresh(app, id, head.now).await? {
        return Ok(true);
    }
    // One network must not begin another look-up for each that it waited for in vain.
    match outbound::holding(Arc::new(turn), fetch(app, id, head.now)).await {
        Ok(description) => {
            let by = By::new(head.actor(app), head.now, app.shared_rng());
            let saved = app.store().write(by.act(description, clients::save_description));
            match saved.await {
                Ok(is_saved) => Ok(is_saved),
                // Another server stored it at the same moment.
                Err(Refusal::Store(StoreError::Conflict)) => Ok(true),
                Err(Refusal::Store(error)) => Err(error.into()),
                Err(_) => Ok(false),
            }
        }
        Err(error) => {
            // A stranger wrote some of it.
            let error: String = error.to_string().chars().take(limits::LOGGED).collect();
            tracing::warn!(client_id = %id, error, "rejected a client metadata document");
            Ok(false)
        }
    }
}

/// Whether an administrator lets a client with a metadata document in: by the allowlist, or after they
/// were asked.
pub(super) async fn is_allowed(app: &Arc<App>, id: &ClientId) -> Result<bool, StoreError> {
    let (app, id) = (Arc::clone(app), id.clone());
    app.clone().store().read(move |tx| is_allowed_now(tx, &app, &id)).await
}

fn is_allowed_now(tx: &mut Tx<'_>, app: &App, id: &ClientId) -> Result<bool, StoreError> {
    let config = app.config();
    if config.client_metadata_allowlist().allows(id) {
        return Ok(true);
    }
    Ok(config.asks_for_unlisted_documents()
        && client_metadata_requests::find(tx, id)? == Some(RequestStatus::Approved))
}

/// Whether a client may still be given something, in the transaction that gives it: an administrator may
/// have refused it, or have to be asked again, since its request began.
pub(super) fn is_let_in(tx: &mut Tx<'_>, app: &App, client: &Client) -> Result<bool, StoreError> {
    if client.id.is_url() {
        return is_allowed_now(tx, app, &client.id);
    }
    if !client.is_self_registered() {
        return Ok(true);
    }
    let now = clients_table::find(tx, &client.id)?;
    Ok(now.is_some_and(|client| !client.is_pending()))
}

async fn is_fresh(app: &App, id: &ClientId, now: Timestamp) -> Result<bool, StoreError> {
    let id = id.clone();
    let found = app.store().read(move |tx| client_metadata_documents::find(tx, &id)).await?;
    Ok(found.is_some_and(|document| document.expires_at > now))
}

/// Fetches and checks the metadata document of a client.
pub(super) async fn fetch(
    app: &App,
    id: &ClientId,
    now: Timestamp,
) -> Result<Description, FetchFault> {
    let url = id.url().ok_or(MetadataFault::ClientId)?;
    let answer = app.outbound().get(&url, reach(app), FETCH_TIME).await?;
    if answer.status != 200 {
        return Err(FetchFault::Status(answer.status));
    }
    if !is_json(&answer.content_type) {
        return Err(FetchFault::ContentType(answer.content_type));
    }
    let client = read(id, &answer.body, now)?;
    let app_name = app.config().app_name().to_owned();
    Ok(Description { client, expires_at: now.plus(lifetime(answer.max_age)), app_name })
}

/// Documents are on public addresses: strangers choose them. Only tests have theirs on this machine.
fn reach(app: &App) -> Reach {
    if app.settings().is_test { Reach::PublicOrLoopback } else { Reach::Public }
}

/// Whether the media type is JSON. An absent one is accepted.
fn is_json(content_type: &str) -> bool {
    let media_type = content_type.split(';').next().unwrap_or_default().trim();
    let media_type = media_type.to_ascii_lowercase();
    let has_suffix = media_type.starts_with("application/") && media_type.ends_with("+json");
    media_type.is_empty() || media_type == "application/json" || has_suffix
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_is_read() {
        for good in
            ["", "application/json", "Application/JSON; charset=utf-8", "application/x+json"]
        {
            assert!(is_json(good), "{good}");
        }
        for bad in ["text/html", "text/json", "application/jsonp", "image/x+json"] {
            assert!(!is_json(bad), "{bad}");
        }
    }
}
