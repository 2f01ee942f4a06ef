//! `/api/users/me/sessions`: where somebody is signed in. Pocket ID's sessions
//! cannot be listed or ended.

use serde::Serialize;

use crate::{
    model::{EventKind, Session, SessionId, view::SessionView},
    server::{
        http::{ApiError, Request, Response, cookies::CookieKind},
        sign_out::SignOut,
    },
    store::sessions,
};

/// A session, and whether it is that of the browser that asks.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct OwnSessionView {
    #[serde(flatten)]
    session: SessionView,
    is_current: bool,
}

impl OwnSessionView {
    fn of(session: &Session, current: SessionId) -> Self {
        Self { session: SessionView::of(session), is_current: session.id == current }
    }
}

/// `GET`: the list, newest first.
pub(in crate::server) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let (user_id, current, now) = (req.who.user.id, req.who.session.id, req.head.now);
    let sessions = req.app.store().read(move |tx| sessions::list_of_user(tx, user_id, now)).await?;
    let views: Vec<_> =
        sessions.iter().map(|session| OwnSessionView::of(session, current)).collect();
    Ok(Response::json(&views))
}

/// `DELETE .../{id}`: the browser of that session is signed out with its next request.
pub(in crate::server) async fn revoke(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let missing = || ApiError::not_found("Session");
    let id: SessionId = id.parse().map_err(|_| missing())?;
    let (user_id, now) = (req.who.user.id, req.head.now);
    let found = req.app.store().read(move |tx| sessions::list_of_user(tx, user_id, now)).await?;
    let session = found.into_iter().find(|session| session.id == id).ok_or_else(missing)?;
    let kind = EventKind::SessionRevoked;
    let event = req.app.audit_event(kind, Some(user_id), req.head.actor(), now);
    if !SignOut::new(&req.app, session, now).audited(event).run().await? {
        return Err(missing());
    }
    let response = Response::no_content();
    Ok(match id == req.who.session.id {
        true => response.cookie(&req.app.cookies().remove(CookieKind::Session)),
        false => response,
    })
}
