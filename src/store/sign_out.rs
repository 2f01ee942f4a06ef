//! What follows from the end of a session: the clients that want to know are told, and tokens end.

use uuid::Uuid;

use super::{StoreError, Tx, backchannel_logouts, grants, one_time_access_tokens, sessions};
use crate::model::{ClientId, Session, Timestamp, UserId};

/// Ends a session. What was granted in it for as long as its user is there is over for the clients that
/// are told (OIDC Back-Channel Logout §2.7), and for the one that asked for it. Answers with those that
/// are told; `None` when it had ended already.
pub fn end_session(
    tx: &mut Tx<'_>,
    session: &Session,
    asked_by: Option<&ClientId>,
    notice: Uuid,
    now: Timestamp,
) -> Result<Option<Vec<ClientId>>, StoreError> {
    let of_session = (session.user_id, session.id);
    if !sessions::revoke(tx, session.id, session.user_id, now)? {
        return Ok(None);
    }
    let told = backchannel_logouts::insert_for_session(tx, notice, of_session, now)?;
    for client_id in told.iter().chain(asked_by) {
        grants::revoke_of_session(tx, of_session, client_id, now)?;
    }
    Ok(Some(told))
}

/// Ends everything that lets a user in or acts for them: sessions, grants with all their tokens, also
/// those for the user's absence, and one-time links. `new_id` names the notices, one a session.
pub fn end_everything_of(
    tx: &mut Tx<'_>,
    user_id: UserId,
    new_id: impl Fn() -> Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    for session_id in grants::list_live_sessions(tx, user_id, now)? {
        backchannel_logouts::insert_for_session(tx, new_id(), (user_id, session_id), now)?;
    }
    sessions::revoke_all(tx, user_id, now)?;
    grants::revoke_all(tx, user_id, now)?;
    one_time_access_tokens::delete_all(tx, user_id)
}
