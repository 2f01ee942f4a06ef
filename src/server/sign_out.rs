//! Ends browser sessions with their grants, and notifies the clients.

use std::sync::Arc;

use super::App;
use crate::{
    model::{Session, SessionId, Timestamp, UserId},
    store::{StoreError, Tx, sign_out},
};

/// The number of sessions whose grants are revoked in one transaction: small enough not to delay a
/// sign-in that waits for the database.
const BATCH: usize = 64;

/// Ends a session, unless it has ended already.
pub(super) async fn end(
    app: &Arc<App>,
    session: Session,
    now: Timestamp,
) -> Result<(), StoreError> {
    // The id of the logout notices. Each client gets one notice.
    let notice = app.new_id(now);
    let ended = app.store().write(move |tx| sign_out::end_session(tx, &session, notice, now));
    if ended.await?.is_some_and(|told| !told.is_empty()) {
        app.outbox().notify_one();
    }
    Ok(())
}

/// Revokes the grants of all sessions of a user except `kept`, in batches. The sessions have ended
/// before. After an error the caller can retry: the remaining sessions are found by their grants.
pub(super) async fn end_grants_but(
    app: &Arc<App>,
    user_id: UserId,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let list = move |tx: &mut Tx<'_>| sign_out::list_sessions_with_grants(tx, user_id, kept, now);
    let left = app.store().read_apart(list).await?;
    for batch in left.chunks(BATCH) {
        let (batch, ids) = (batch.to_vec(), Arc::clone(app));
        let ended = app.store().write(move |tx| {
            sign_out::end_grants_of_sessions(tx, user_id, &batch, || ids.new_id(now), now)
        });
        let (_, is_told) = ended.await?;
        if is_told {
            app.outbox().notify_one();
        }
    }
    Ok(())
}
