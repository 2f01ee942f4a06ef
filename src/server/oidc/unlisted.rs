//! Clients whose metadata document is not on the allowlist: a user whom such a client sends here can ask an
//! administrator for it (`cimdUnlisted`).

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
    store::client_metadata_requests::{self, RequestStatus},
};

/// Returns the page on which the user asks an administrator for the client, or which says that one was
/// asked. `None` when no one is to be asked. Only people who are signed in ask, and only with our own
/// button: a link of another site must not ask in their name.
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
    let wanted = id.clone();
    let known = req.app.store().read(move |tx| client_metadata_requests::find(tx, &wanted)).await?;
    match known {
        Some(RequestStatus::Pending) => return Ok(Some(waits(id))),
        Some(RequestStatus::Approved | RequestStatus::Refused) => return Ok(None),
        None if !is_asking(req) => {
            return Ok(Some(PageProblem::ClientUnlisted { client: id.to_string() }.into()));
        }
        None => {}
    }
    let allowed = req.app.limiter().check(Policy::ClientRegistration, req.head.client_ip);
    allowed.map_err(|seconds| PageError::from(RequestRefusal::TooMany(seconds)))?;
    let by = By::new(
        req.head.actor_with(&req.app, Some(who.user.id), false),
        req.head.now,
        req.app.shared_rng(),
    );
    let asked = DocumentRequest { id: id.clone(), user_id: who.user.id };
    match req.app.store().write(by.act(asked, client_requests::request)).await {
        Ok(RequestStatus::Pending) => Ok(Some(waits(id))),
        Ok(RequestStatus::Approved | RequestStatus::Refused) => Ok(None),
        Err(Refusal::TooManyRegistrations) => Ok(Some(PageProblem::TooManyPending.into())),
        Err(Refusal::Store(error)) => Err(error.into()),
        Err(refusal) => Err(PageError::from(PageProblem::Internal).because(format!("{refusal:?}"))),
    }
}

/// Whether the user clicked on the button of our page.
fn is_asking(req: &Browser) -> bool {
    let head = &req.head;
    let is_ours = match head.header("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => head.header("origin") == Some(req.app.settings().app_url.as_str()),
    };
    is_ours && head.method == Method::POST && req.body.value("ask_administrator").is_some()
}

fn waits(id: &ClientId) -> PageError {
    PageProblem::ClientPending { client: id.to_string() }.into()
}
