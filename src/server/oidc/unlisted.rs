//! Clients whose metadata document is not on the allowlist: a sign-in with one asks an administrator
//! for it (`cimdUnlisted`).

use hyper::Method;

use super::front_channel::Browser;
use crate::{
    model::ClientId,
    operations::{
        By, Refusal,
        client_requests::{self, DocumentRequest},
    },
    server::{
        failure::PageError, limiter::Policy, pages::PageProblem, refusal::RequestRefusal,
        same_site::is_framed,
    },
    store::client_metadata_requests::RequestStatus,
};

/// Asks an administrator for the client, and returns the page that says so. `None` when no one is to
/// be asked. Only people who are signed in ask, so that strangers cannot fill the list.
pub(super) async fn ask_administrator(
    req: &Browser,
    id: &ClientId,
) -> Result<Option<PageError>, PageError> {
    let is_asked = id.is_url() && req.app.config().asks_for_unlisted_documents();
    if !is_asked || is_framed(&req.head) {
        return Ok(None);
    }
    let Some(who) = &req.who else {
        // After the sign-in the browser comes back with the same request, unless it was a form.
        let comes_back = req.head.method == Method::GET;
        return Ok(comes_back.then(|| PageError::sign_in(&req.head.path_and_query())));
    };
    let allowed = req.app.limiter().check(Policy::ClientRegistration, req.head.client_ip);
    allowed.map_err(|seconds| PageError::from(RequestRefusal::TooMany(seconds)))?;
    let by = By::new(
        req.head.actor_with(&req.app, Some(who.user.id), false),
        req.head.now,
        req.app.shared_rng(),
    );
    let asked = DocumentRequest { id: id.clone(), user_id: who.user.id };
    match req.app.store().write(by.act(asked, client_requests::request)).await {
        Ok(RequestStatus::Pending) => {
            Ok(Some(PageProblem::ClientPending { client: id.to_string() }.into()))
        }
        Ok(RequestStatus::Approved | RequestStatus::Refused) => Ok(None),
        Err(Refusal::TooManyRegistrations) => Ok(Some(
            PageError::from(PageProblem::TooManyRequests).because("too many requests wait"),
        )),
        Err(Refusal::Store(error)) => Err(error.into()),
        Err(refusal) => Err(PageError::from(PageProblem::Internal).because(format!("{refusal:?}"))),
    }
}
