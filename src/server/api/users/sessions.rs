//! `/api/users/{id}/sessions`: the sessions of a user. Pocket ID cannot list or end sessions.

use super::id;
use crate::{
    model::{ConfigKey, SessionId, view::SessionView},
    operations::{self, Noun, Refusal, users},
    server::{
        http::{ApiError, Request, Response},
        sign_out,
    },
    store::sessions,
};

/// `GET`: lists the sessions of a user, newest first.
pub(super) async fn list(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, now) = (id(&user_id)?, req.head.now);
    let found = req.app.store().read(move |tx| {
        users::require(tx, id)?;
        Ok::<_, Refusal>(sessions::list_of_user(tx, id, now)?)
    });
    let demands_keys = req.app.config().flag(ConfigKey::DeviceBoundSessions);
    let view = |session| SessionView::of(session, demands_keys);
    let views: Vec<_> = found.await?.iter().map(view).collect();
    Ok(Response::json(&views))
}

/// `DELETE`: ends all sessions of a user and revokes their grants.
pub(super) async fn revoke_all(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&user_id)?;
    let ended = req.act(id, |act, id| {
        users::require(act, *id)?;
        Ok::<_, Refusal>(operations::sessions::revoke_first(act, *id, None)?)
    });
    ended.await?;
    sign_out::end_grants_but(&req.app, id, None, req.head.now).await?;
    Ok(Response::no_content())
}

/// `DELETE .../{session}`: ends one session.
pub(super) async fn revoke(
    req: Request,
    user_id: String,
    session: String,
) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&user_id)?;
    let session: SessionId = session.parse().map_err(|_| Refusal::NotFound(Noun::Session))?;
    let revoked = req.act(session, move |act, session| {
        users::require(act, id)?;
        operations::sessions::revoke(act, id, *session)
    });
    if revoked.await?.is_told {
        req.app.outbox().notify_one();
    }
    Ok(Response::no_content())
}
