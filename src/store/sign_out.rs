//! What follows from the end of a session: its grants end, and the clients that want to know are told.
//!
//! A session ends when its user signs out, when somebody revokes it, and when another session takes its place
//! in the browser. One that expires by itself is over for the browser only: how long a browser stays signed
//! in says nothing about how long an application may go on. Its grants have a life of their own, and can be
//! revoked until then.

use uuid::Uuid;

use super::{
    StoreError, Tx, api_keys, backchannel_logouts, consents, grants, one_time_access_tokens,
    sessions,
};
use crate::model::{ClientId, Session, SessionId, Timestamp, UserId};

/// Ends a session, with every grant that was made in it for as long as its user is there. Grants with
/// `offline_access` stay (OIDC Core §11, Back-Channel Logout §2.7). Answers with the clients that are told;
/// `None` when it had ended already. `notice` names what they are told.
pub fn end_session(
    tx: &mut Tx<'_>,
    session: &Session,
    notice: Uuid,
    now: Timestamp,
) -> Result<Option<Vec<ClientId>>, StoreError> {
    if !sessions::revoke(tx, session.id, session.user_id, now)? {
        return Ok(None);
    }
    let told =
        backchannel_logouts::insert_for_session(tx, notice, (session.user_id, session.id), now)?;
    grants::revoke_of_session(tx, session.id, now)?;
    Ok(Some(told))
}

/// What was ended at once.
#[derive(Debug)]
pub struct Ended {
    /// The sessions, newest first.
    pub sessions: Vec<Session>,
    /// How many grants ended with them, or with sessions that had expired before.
    pub grants: usize,
    /// Whether any client is told.
    pub is_told: bool,
}

/// Ends every session of a user but `kept`, and everything that was granted in another one: also in those that
/// have ended or expired before, and also for the absence of the user. Somebody who does this may have had a
/// session stolen, and whoever has it could have granted themselves something that lasts, and signed out.
///
/// All in one transaction; a server, where others wait for it, takes the steps one after the other.
pub fn end_sessions_of(
    tx: &mut Tx<'_>,
    user_id: UserId,
    kept: Option<SessionId>,
    new_id: impl Fn() -> Uuid,
    now: Timestamp,
) -> Result<Ended, StoreError> {
    let sessions = revoke_sessions_of(tx, user_id, kept, now)?;
    let left = list_sessions_with_grants(tx, user_id, kept, now)?;
    let (grants, is_told) = end_grants_of_sessions(tx, user_id, &left, new_id, now)?;
    Ok(Ended { sessions, grants, is_told })
}

/// The first step: ends the sessions, so that nothing more is granted in them. Answers with them, newest first.
pub fn revoke_sessions_of(
    tx: &mut Tx<'_>,
    user_id: UserId,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    let mut sessions = sessions::list_of_user(tx, user_id, now)?;
    sessions.retain(|session| Some(session.id) != kept);
    for session in &sessions {
        sessions::revoke(tx, session.id, user_id, now)?;
    }
    Ok(sessions)
}

/// The second step: lists the sessions but `kept` in which something was granted that is still good, whether they
/// ended now or before.
pub fn list_sessions_with_grants(
    tx: &mut Tx<'_>,
    user_id: UserId,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<Vec<SessionId>, StoreError> {
    let mut sessions = grants::list_live_sessions(tx, user_id, now)?;
    sessions.retain(|id| Some(*id) != kept);
    Ok(sessions)
}

/// The third step, for all of these sessions or for some at a time: ends what was granted in them. Says how many
/// grants these were, and whether any client is told.
pub fn end_grants_of_sessions(
    tx: &mut Tx<'_>,
    user_id: UserId,
    sessions: &[SessionId],
    new_id: impl Fn() -> Uuid,
    now: Timestamp,
) -> Result<(usize, bool), StoreError> {
    let (mut grants, mut is_told) = (0, false);
    for id in sessions {
        let told = backchannel_logouts::insert_for_session(tx, new_id(), (user_id, *id), now)?;
        grants += grants::revoke_all_of_session(tx, *id, now)?;
        is_told |= !told.is_empty();
    }
    Ok((grants, is_told))
}

/// Whether [`end_access`] would find anything. Asked before, so that what is not there is not looked for in a write: it
/// takes reading all that the user granted.
pub fn has_access(
    tx: &mut Tx<'_>,
    user_id: UserId,
    client_id: &ClientId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(consents::find(tx, user_id, client_id)?.is_some()
        || grants::is_live_of_client(tx, user_id, client_id, now)?)
}

/// Ends what a client may do for a user, also while they are away, and forgets that they allowed it.
/// `false` when there was nothing.
pub fn end_access(
    tx: &mut Tx<'_>,
    user_id: UserId,
    client_id: &ClientId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let was_allowed = consents::delete(tx, user_id, client_id)?;
    Ok(grants::revoke_of_client(tx, user_id, client_id, now)? > 0 || was_allowed)
}

/// Ends everything that lets a user in or acts for them: sessions, grants with all their tokens, also
/// those for the user's absence, one-time links, and keys of the REST API. `new_id` names the notices, one a
/// session.
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
    api_keys::expire_all(tx, user_id, now)?;
    one_time_access_tokens::delete_all(tx, user_id)
}

/// Ends everybody's sessions, grants and one-time links. Keys of the REST API stay: they are listed, and
/// each has somebody who knows whether it is still to be there.
pub fn end_every_session(
    tx: &mut Tx<'_>,
    new_id: impl Fn() -> Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    for of_session in grants::list_every_live_session(tx, now)? {
        backchannel_logouts::insert_for_session(tx, new_id(), of_session, now)?;
    }
    sessions::revoke_every(tx, now)?;
    grants::revoke_every(tx, now)?;
    one_time_access_tokens::delete_every(tx)
}
