//! Finds the parameters of an authorization request: in the query or the form, in a request object
//! there (RFC 9101), or in an earlier pushed request (RFC 9126 §4).

use uuid::Uuid;

use super::reply::AuthorizeFailure;
use crate::{
    crypto::BearerToken,
    model::{Client, ClientId},
    oidc::{
        OAuthError, OAuthErrorCode, Params, ReplyTo,
        pushed_request::{REQUEST_URI_PREFIX, RequestUriFault},
        request_object::{self, merge},
    },
    server::{
        client_metadata::is_current, failure::PageError, oidc::front_channel::Browser,
        oidc::unlisted::ask_administrator, pages::PageProblem,
    },
    store::{clients, pushed_authorization_requests},
};

/// The complete parameters of a request, not checked yet.
#[derive(Debug)]
pub(super) struct RequestSource {
    /// The client that makes the request.
    pub(super) client: Client,
    /// The parameters.
    pub(super) params: Params,
    /// The pushed request that contained the parameters.
    pub(super) pushed: Option<Uuid>,
}

/// Gathers the parameters of a request from a browser.
pub(super) async fn gather(req: &Browser) -> Result<RequestSource, AuthorizeFailure> {
    let client = find_client(req, req.body.required("client_id")?).await?;
    let Some(uri) = req.body.value("request_uri") else {
        let context = request_object::RequestObjectContext {
            params: &req.body,
            client: &client,
            issuer: req.app.issuer(),
            now: req.head.now,
        };
        let params = merge(&context).map_err(|error| refuse(req, &client, error))?;
        return Ok(RequestSource { client, params, pushed: None });
    };
    if req.body.value("request").is_some() {
        // RFC 9101 §5.
        let error = OAuthError::invalid_request(
            "The parameters request and request_uri cannot be used together.",
        );
        return Err(refuse(req, &client, error));
    }
    if !uri.starts_with(REQUEST_URI_PREFIX) {
        // OIDC Core §6.2: this server fetches no request objects by URL.
        let detail = "request_uri is not from a pushed authorization request";
        let error = OAuthError::new(OAuthErrorCode::RequestUriNotSupported, detail);
        return Err(refuse(req, &client, error));
    }
    let Some(token) = BearerToken::parse(REQUEST_URI_PREFIX, uri) else {
        return Err(refuse_reference(req, &client, RequestUriFault::NotValid));
    };
    let (lookup, now) = (token.clone(), req.head.now);
    let found =
        req.app.store().read(move |tx| pushed_authorization_requests::find(tx, &lookup, now));
    match found.await? {
        None => Err(refuse_reference(req, &client, RequestUriFault::Over)),
        Some(pushed) if pushed.client_id != client.id => {
            Err(refuse_reference(req, &client, RequestUriFault::NotValid))
        }
        // RFC 9126 §4, RFC 9101 §5: other parameters in the query are ignored.
        Some(pushed) => {
            let params = Params::from(pushed.parameters);
            Ok(RequestSource { client, params, pushed: Some(token.id()) })
        }
    }
}

/// Refuses a reference to a pushed request. An expired one is not an error of the client: it occurs
/// when a user reloads the page or goes back.
fn refuse_reference(req: &Browser, client: &Client, fault: RequestUriFault) -> AuthorizeFailure {
    match (refuse(req, client, fault.into()), fault) {
        (AuthorizeFailure::Page(_), RequestUriFault::Over) => {
            PageProblem::InteractionExpired.into()
        }
        (failure, _) => failure,
    }
}

/// Refuses a request with malformed or repeated parameters (RFC 6749 §3.1). Those parameters are
/// ignored.
pub(super) async fn refuse_malformed(req: &Browser, error: OAuthError) -> AuthorizeFailure {
    let Some(client_id) = req.body.value("client_id") else { return error.into() };
    match find_client(req, client_id).await {
        Ok(client) => refuse(req, &client, error),
        Err(failure) => failure,
    }
}

/// Refuses a request without valid parameters. The redirect URI in the query may still be verified,
/// and then receives the error.
fn refuse(req: &Browser, client: &Client, error: OAuthError) -> AuthorizeFailure {
    let allow_insecure = req.app.settings().allow_insecure_callback_urls;
    match ReplyTo::verify(&req.body, client, allow_insecure) {
        Ok(reply_to) => AuthorizeFailure::to_client(&reply_to, error),
        Err(_) => error.into(),
    }
}

/// Finds the client of a request. Fetches its metadata document if its id is a URL.
pub(super) async fn find_client(req: &Browser, id: &str) -> Result<Client, AuthorizeFailure> {
    let unknown = || PageProblem::UnknownClient { client: id.chars().take(128).collect() };
    let client_id: ClientId = id.parse().map_err(|_| unknown())?;
    let is_current = is_current(&req.app, &req.head, &client_id).await;
    if !is_current.map_err(PageError::from)? {
        return Err(match ask_administrator(req, &client_id).await? {
            Some(failure) => failure.into(),
            None => unknown().into(),
        });
    }
    let client = req.app.store().read(move |tx| clients::find(tx, &client_id)).await?;
    let client = client.ok_or_else(unknown)?;
    if client.is_pending() {
        return Err(PageProblem::ClientPending { client: client.name.to_string() }.into());
    }
    Ok(client)
}
