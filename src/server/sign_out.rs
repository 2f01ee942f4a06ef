//! Ends a browser session at the request of its own browser, and notifies the clients.

use std::sync::Arc;

use super::App;
use crate::{
    model::{Session, Timestamp},
    store::{StoreError, sign_out},
};

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
        app.backchannel_logout_queue().notify_one();
    }
    Ok(())
}
