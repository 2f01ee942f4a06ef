//! `/api/users/me/sessions`: lists and ends the user's own sessions. Pocket ID cannot list or end
//! sessions.

use serde::Serialize;

use crate::{
    model::{ConfigKey, Session, SessionId, view::SessionView},
    operations::{self, Noun, Refusal},
    server::{
        guarded::{GuardedChange, InPerson},
        http::{ApiError, Request, Response, cookies::CookieKind},
        sign_out,
    },
    store::sessions,
};

/// A session, and whether it is the session of the current request.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct OwnSessionView {
    #[serde(flatten)]
    session: SessionView,
    is_current: bool,
}

impl OwnSessionView {
    fn of(session: &Session, current: SessionId, demands_keys: bool) -> Self {
        Self { session: SessionView::of(session, demands_keys), is_current: session.id == current }
    }
}

/// `GET`: lists the sessions, newest first.
pub(in crate::server) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let (user_id, current, now) = (req.who.user.id, req.who.session.id, req.head.now);
    let sessions = req.app.store().read(move |tx| sessions::list_of_user(tx, user_id, now)).await?;
    let demands_keys = req.app.config().flag(ConfigKey::DeviceBoundSessions);
    let view = |session| OwnSessionView::of(session, current, demands_keys);
    let views: Vec<_> = sessions.iter().map(view).collect();
    Ok(Response::json(&views))
}

/// `DELETE .../{id}`: ends the session. Its browser is signed out on the next request.
pub(in crate::server) async fn revoke(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let who = InPerson::of(&req);
    let id: SessionId = id.parse().map_err(|_| Refusal::NotFound(Noun::Session))?;
    let user_id = req.who.user.id;
    let revoked = req.act(id, move |act, id| {
        GuardedChange::EndSession.allow_in_person(act, &who)?;
        Ok::<_, ApiError>(operations::sessions::revoke(act, user_id, *id)?)
    });
    if revoked.await?.is_told {
        req.app.outbox().notify_one();
    }
    let response = Response::no_content();
    Ok(if id == req.who.session.id {
        response.cookie(&req.app.cookies().remove(CookieKind::Session))
    } else {
        response
    })
}

/// `DELETE`: ends every session except the current one.
pub(in crate::server) async fn revoke_others(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let who = InPerson::of(&req);
    let (user_id, kept) = (req.who.user.id, Some(req.who.session.id));
    let ended = req.act(user_id, move |act, user_id| {
        GuardedChange::EndSession.allow_in_person(act, &who)?;
        Ok::<_, ApiError>(operations::sessions::revoke_first(act, *user_id, kept)?)
    });
    ended.await?;
    sign_out::end_grants_but(&req.app, user_id, kept, req.head.now).await?;
    Ok(Response::no_content())
}
