//! `GET` and `POST /api/oidc/end-session` (RP-Initiated Logout 1.0)

use hyper::StatusCode;

use super::{
    front_channel::{Browser, read_params, repeat},
    id_token_hint,
};
use crate::{
    model::{Client, ClientId},
    oidc::{
        IdTokenHint,
        logout_request::{self, LogoutFault},
    },
    server::{
        client_metadata::is_allowed,
        failure::{AnsweredCaller, PageError, render},
        http::{Request, Response, cookies::CookieKind, request::SignedIn},
        onward::{MAX_LOCATION, send_on},
        pages::{LogoutPage, PageProblem, Refused},
        sign_out,
    },
    store::{StoreError, clients},
};

/// Signs out the user of a client, or asks the user to confirm it.
pub(in crate::server) async fn end_session(req: Request) -> Result<Response, PageError> {
    let params = read_params(req).await.map_err(|error| {
        PageError::from(PageProblem::Other { status: 400, message: error.description })
    });
    let req = params?.find_user_on_any_device().await?;
    if let Some(response) = repeat(&req, "/api/oidc/end-session", StatusCode::FOUND) {
        return Ok(response);
    }
    let asked = Asked::read(&req).await?;
    let onward = match asked.onward() {
        Ok(onward) => onward,
        Err(fault) => return Ok(ask_because_of(fault)),
    };
    match (&req.who, &asked.hint, asked.client) {
        (None, _, _) => Ok(leave(&req, onward.as_deref())),
        (Some(who), Some(hint), Some(_)) if hint.user_id() == who.user.id => {
            sign_out(&req, who, onward.as_deref()).await
        }
        // RP-Initiated Logout §2: without a hint, or with another user's hint, the user must be
        // asked.
        (Some(who), _, client) => Ok(ask(&req, who, client.as_ref(), onward)),
    }
}

/// A client's logout request.
struct Asked {
    hint: Option<IdTokenHint>,
    /// The hint is not a valid ID token of this provider.
    is_hint_bad: bool,
    client: Option<Client>,
    /// The URL to send the user to afterwards.
    onward: Result<Option<String>, LogoutFault>,
}

impl Asked {
    /// The URL to send the user to afterwards. Unverified parameters are ignored: the user is
    /// asked, sees the reason, and is not redirected.
    fn onward(&self) -> Result<Option<String>, Refused> {
        match &self.onward {
            _ if self.is_hint_bad => Err(Refused::Hint),
            Ok(onward) => Ok(onward.clone()),
            Err(_) => Err(Refused::Address),
        }
    }

    async fn read(req: &Browser) -> Result<Self, StoreError> {
        let given = req.body.value("id_token_hint");
        let hint = given.and_then(|hint| id_token_hint::verify(&req.app, hint));
        let client = find_client(req, hint.as_ref()).await?;
        let onward = logout_request::onward(&req.body, client.as_ref());
        Ok(Self { is_hint_bad: given.is_some() && hint.is_none(), hint, client, onward })
    }
}

/// The client that made the request, by its hint or its `client_id`. `None` if they do not match, and
/// for a client that waits for an administrator or was refused: a stranger chose its addresses.
async fn find_client(
    req: &Browser,
    hint: Option<&IdTokenHint>,
) -> Result<Option<Client>, StoreError> {
    let named = req.body.value("client_id").map(str::parse::<ClientId>);
    let hinted = hint.and_then(IdTokenHint::client_id);
    let id = match (named, hinted) {
        (Some(Err(_)), _) | (None, None) => return Ok(None),
        (Some(Ok(named)), Some(hinted)) if named != hinted => return Ok(None),
        (Some(Ok(id)), _) | (None, Some(id)) => id,
    };
    if id.is_url() && !is_allowed(&req.app, &id).await? {
        return Ok(None);
    }
    let found = req.app.store().read(move |tx| clients::find(tx, &id)).await?;
    Ok(found.filter(|client| !client.is_pending()))
}

async fn sign_out(
    req: &Browser,
    who: &SignedIn,
    onward: Option<&str>,
) -> Result<Response, PageError> {
    sign_out::end(&req.app, who.session.clone(), req.head.now).await?;
    let cookies = req.app.cookies();
    let removed = [CookieKind::BoundSession, CookieKind::Session].map(|kind| cookies.remove(kind));
    Ok(removed.iter().fold(leave(req, onward), |response, cookie| response.cookie(cookie)))
}

/// Redirects the user after the logout, with `302` as Pocket ID 2.14 does. Browsers follow it with
/// a GET, also after a POST (Fetch standard, HTTP-redirect fetch).
fn leave(req: &Browser, onward: Option<&str>) -> Response {
    send_on(
        &req.app,
        &AnsweredCaller::of(&req.head),
        StatusCode::FOUND,
        onward.unwrap_or("/logout"),
    )
}

/// Asks the user on a page. That page verifies the redirect again, with the client's id: a hint may
/// be too long for a URL.
fn ask(req: &Browser, who: &SignedIn, client: Option<&Client>, onward: Option<String>) -> Response {
    let mut kept = req.body.only(&["post_logout_redirect_uri", "state"]);
    kept.extend(client.map(|client| ("client_id".to_owned(), client.id.to_string())));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    let path = if query.is_empty() { "/logout".to_owned() } else { format!("/logout?{query}") };
    if path.len() <= MAX_LOCATION {
        return Response::redirect(StatusCode::FOUND, &path).no_store();
    }
    let layout = AnsweredCaller::of(&req.head).layout(&req.app, Some(&who.user));
    render(&LogoutPage { layout, onward, refused: None }).no_store()
}

/// Asks the user on a page that says why it does not redirect.
fn ask_because_of(fault: Refused) -> Response {
    let path = format!("/logout?refused={}", fault.as_str());
    let detail = match fault {
        Refused::Address => "post_logout_redirect_uri is not registered for the client",
        Refused::Hint => {
            "id_token_hint was not issued by this server, or its signing key was deleted"
        }
    };
    let response = Response::redirect(StatusCode::FOUND, &path).no_store();
    response.log_error("logout_refused", detail)
}

/// The URL that `/logout` redirects to after a client's logout request.
pub(in crate::server) async fn onward_of(req: &Browser) -> Result<Option<String>, StoreError> {
    Ok(Asked::read(req).await?.onward.ok().flatten())
}
