//! `GET` and `POST /api/oidc/end-session` (RP-Initiated Logout 1.0)

use hyper::StatusCode;

use super::{
    front_channel::{Browser, read_params, repeat_as_get},
    id_token_hint,
};
use crate::{
    model::{Client, ClientId},
    oidc::{
        IdTokenHint, Params,
        logout_request::{self, LogoutFault},
    },
    server::{
        failure::PageError,
        http::{Request, Response, cookies::CookieKind, request::SignedIn},
        pages::Problem,
        sign_out::SignOut,
    },
    store::{StoreError, clients},
};

/// Signs a client's user out, or asks them whether they want that.
pub(in crate::server) async fn end_session(req: Request) -> Result<Response, PageError> {
    let params = read_params(req).await.map_err(|error| {
        PageError::from(Problem::Other { status: 400, message: error.description })
    });
    let req = params?.find_user().await?;
    if let Some(response) = repeat_as_get(&req, "/api/oidc/end-session") {
        return Ok(response);
    }
    let Asked { hint, is_hint_bad, client, onward } = Asked::read(&req).await?;
    // What cannot be believed is not acted on: the user is asked, and goes nowhere else.
    let onward = match onward {
        Ok(onward) if !is_hint_bad => onward,
        _ => return Ok(ask(&Params::default())),
    };
    match (&req.who, hint, client) {
        (None, _, _) => Ok(leave(onward.as_deref())),
        (Some(who), Some(hint), Some(client)) if hint.user_id() == who.user.id => {
            sign_out(&req, who, client, onward.as_deref()).await
        }
        // RP-Initiated Logout §2: without a hint, or with somebody else's, the user must be asked.
        _ => Ok(ask(&req.body)),
    }
}

/// What a client says when it sends its user to sign out.
struct Asked {
    hint: Option<IdTokenHint>,
    /// There is a hint, and it is none of ours.
    is_hint_bad: bool,
    client: Option<Client>,
    /// Where the user goes afterwards.
    onward: Result<Option<String>, LogoutFault>,
}

impl Asked {
    async fn read(req: &Browser) -> Result<Self, StoreError> {
        let given = req.body.value("id_token_hint");
        let hint = given.and_then(|hint| id_token_hint::verify(&req.app, hint));
        let client = find_client(req, hint.as_ref()).await?;
        let onward = logout_request::onward(&req.body, client.as_ref());
        Ok(Self { is_hint_bad: given.is_some() && hint.is_none(), hint, client, onward })
    }
}

/// The client that asks, by its hint or its name; `None` when the two do not agree.
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
    req.app.store().read(move |tx| clients::find(tx, &id)).await
}

async fn sign_out(
    req: &Browser,
    who: &SignedIn,
    client: Client,
    onward: Option<&str>,
) -> Result<Response, PageError> {
    SignOut::new(&req.app, who.session.clone(), req.head.now).asked_by(client.id).run().await?;
    Ok(leave(onward).cookie(&req.app.cookies().remove(CookieKind::Session)))
}

/// Where to go when it is done.
fn leave(onward: Option<&str>) -> Response {
    Response::redirect(StatusCode::SEE_OTHER, onward.unwrap_or("/logout")).no_store()
}

/// The page that asks; it checks again where it may lead on to.
fn ask(params: &Params) -> Response {
    let kept = params.only(&["client_id", "id_token_hint", "post_logout_redirect_uri", "state"]);
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(kept).finish();
    let path = if query.is_empty() { "/logout".to_owned() } else { format!("/logout?{query}") };
    Response::redirect(StatusCode::SEE_OTHER, &path).no_store()
}

/// Where `/logout` leads on to, when a client has sent its user there.
pub(in crate::server) async fn onward_of(req: &Browser) -> Result<Option<String>, StoreError> {
    Ok(Asked::read(req).await?.onward.ok().flatten())
}
