//! `/api/users/me/sessions`: where somebody is signed in. Pocket ID's sessions
//! cannot be listed or ended.

use serde::Serialize;

use crate::{
    model::{EventKind, Session, SessionId, Timestamp},
    server::{
        http::{ApiError, Request, Response, cookies::CookieKind},
        sign_out::SignOut,
    },
    store::sessions,
};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionView {
    id: SessionId,
    ip_address: String,
    user_agent: String,
    created_at: Timestamp,
    last_used_at: Timestamp,
    expires_at: Timestamp,
    is_current: bool,
}

impl SessionView {
    fn of(session: Session, current: SessionId) -> Self {
        Self {
            is_current: session.id == current,
            id: session.id,
            ip_address: session.ip_address,
            user_agent: session.user_agent,
            created_at: session.created_at,
            last_used_at: session.last_used_at,
            expires_at: session.expires_at,
        }
    }
}

/// `GET`: the list, newest first.
pub(in crate::server) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let (user_id, current, now) = (req.who.user.id, req.who.session.id, req.head.now);
    let sessions = req.app.store().read(move |tx| sessions::list_of_user(tx, user_id, now)).await?;
    let views: Vec<_> =
        sessions.into_iter().map(|session| SessionView::of(session, current)).collect();
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
