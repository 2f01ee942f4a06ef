//! `/api/users/me/sessions`: lists and ends the user's own sessions. Pocket ID cannot list or end
//! sessions.

use std::sync::Arc;

use serde::Serialize;

use crate::{
    model::{
        AuditEvent, AuditEventId, EventKind, Session, SessionId, Timestamp, UserId,
        view::SessionView,
    },
    operations::{self, Noun, Refusal},
    server::{
        App,
        account::fresh_passkey::{AccountChange, InPerson},
        http::{ApiError, Request, Response, cookies::CookieKind},
    },
    store::{StoreError, Tx, audit_events, sessions, sign_out},
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
    fn of(session: &Session, current: SessionId) -> Self {
        Self { session: SessionView::of(session), is_current: session.id == current }
    }
}

/// `GET`: lists the sessions, newest first.
pub(in crate::server) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let (user_id, current, now) = (req.who.user.id, req.who.session.id, req.head.now);
    let sessions = req.app.store().read(move |tx| sessions::list_of_user(tx, user_id, now)).await?;
    let views: Vec<_> =
        sessions.iter().map(|session| OwnSessionView::of(session, current)).collect();
    Ok(Response::json(&views))
}

/// `DELETE .../{id}`: ends the session. Its browser is signed out on the next request.
pub(in crate::server) async fn revoke(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let who = InPerson::of(&req);
    let id: SessionId = id.parse().map_err(|_| Refusal::NotFound(Noun::Session))?;
    let user_id = req.who.user.id;
    let revoked = req.act(id, move |act, id| {
        AccountChange::EndSession.allow_in_person(act, &who)?;
        Ok::<_, ApiError>(operations::sessions::revoke(act, user_id, *id)?)
    });
    if revoked.await?.is_told {
        req.app.backchannel_logout_queue().notify_one();
    }
    let response = Response::no_content();
    Ok(match id == req.who.session.id {
        true => response.cookie(&req.app.cookies().remove(CookieKind::Session)),
        false => response,
    })
}

/// The number of sessions whose grants are revoked in one transaction: small enough not to delay a
/// sign-in that waits for the database.
const BATCH: usize = 64;

/// `DELETE`: ends every session except the current one.
///
/// Ends the sessions first, then revokes their grants in batches. After an error the caller can
/// retry: remaining sessions are found by their grants.
pub(in crate::server) async fn revoke_others(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let who = InPerson::of(&req);
    let (user_id, kept, now) = (req.who.user.id, req.who.session.id, req.head.now);
    let event =
        req.app.audit_event(EventKind::SessionRevoked, Some(user_id), req.head.actor(), now);
    let app = req.app.clone();
    let ended = req.app.store().write(move |tx| {
        AccountChange::EndSession.allow_in_person(tx, &who)?;
        for _ in sign_out::revoke_sessions_of(tx, user_id, Some(kept), now)? {
            let id = AuditEventId(app.new_id(now));
            audit_events::insert(tx, &AuditEvent { id, ..event.clone() })?;
        }
        Ok::<_, ApiError>(())
    });
    ended.await?;
    end_grants_but(&req.app, (user_id, kept), now).await?;
    Ok(Response::no_content())
}

async fn end_grants_but(
    app: &Arc<App>,
    (user_id, kept): (UserId, SessionId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let list =
        move |tx: &mut Tx<'_>| sign_out::list_sessions_with_grants(tx, user_id, Some(kept), now);
    let left = app.store().read(list).await?;
    for batch in left.chunks(BATCH) {
        let (batch, ids) = (batch.to_vec(), Arc::clone(app));
        let ended = app.store().write(move |tx| {
            sign_out::end_grants_of_sessions(tx, user_id, &batch, || ids.new_id(now), now)
        });
        let (_, is_told) = ended.await?;
        if is_told {
            app.backchannel_logout_queue().notify_one();
        }
    }
    Ok(())
}
