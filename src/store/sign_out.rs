//! Ends sessions with their consequences: grants end, and clients get logout notices.
//!
//! A session ends when its user signs out, when it is revoked, and when another session replaces it
//! in the browser. A session that expires ends for the browser only: how long a browser stays
//! signed in does not limit how long an application may go on. Its grants have their own lifetime,
//! and can still be revoked.

use uuid::Uuid;

use super::{
    StoreError, Tx, api_keys, backchannel_logouts, consents, grants, one_time_access_tokens,
    sessions,
};
use crate::model::{Amr, ClientId, Scope, Session, SessionId, Timestamp, UserId};

/// Ends a session with its grants. Grants with `offline_access` stay (OIDC Core §11, Back-Channel
/// Logout §2.7). Returns the clients to notify; `None` when it had already ended. `notice` is the
/// id of the logout notices.
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
        backchannel_logouts::insert_for_session(tx, notice, session.user_id, session.id, now)?;
    grants::revoke_of_session(tx, session.id, now)?;
    Ok(Some(told))
}

/// Ends the oldest sessions of a user with more than [`sessions::MAX_OF_USER`], with their
/// grants: one for each id. A user signs in to one session at a time, so a few at a time suffice.
pub fn end_surplus(
    tx: &mut Tx<'_>,
    user_id: UserId,
    notices: &[Uuid],
    now: Timestamp,
) -> Result<(), StoreError> {
    let at_most = i64::try_from(notices.len()).unwrap_or(i64::MAX);
    let surplus = sessions::list_surplus(tx, user_id, at_most, now)?;
    for (session, notice) in surplus.iter().zip(notices) {
        end_session(tx, session, *notice, now)?;
    }
    Ok(())
}

/// The ended sessions and grants.
#[derive(Debug)]
pub struct Ended {
    /// The sessions, newest first.
    pub sessions: Vec<Session>,
    /// The number of ended grants, including those of sessions that had ended or expired before.
    pub grants: usize,
    /// Whether any client gets a logout notice.
    pub is_told: bool,
}

/// The first step of ending every session of a user except `kept`, and all grants of the other
/// sessions, including ended and expired sessions and grants with `offline_access`: a session may
/// have been stolen, and the thief could have made a long-lived grant in it and signed out.
///
/// This step ends the sessions and the one-time codes, so that no more grants are made in them and
/// the thief does not come back with a code. Returns the sessions, newest first.
pub fn revoke_sessions_of(
    tx: &mut Tx<'_>,
    user_id: UserId,
    kept: Option<SessionId>,
    now: Timestamp,
) -> Result<Vec<Session>, StoreError> {
    let mut sessions = sessions::list_of_user(tx, user_id, now)?;
    sessions.retain(|session| Some(session.id) != kept);
    // One statement for all of them, also for those that a database of an earlier version may have
    // beyond the listed ones. Any number of rows.
    sessions::revoke_others(tx, user_id, kept, now)?;
    one_time_access_tokens::delete_all(tx, user_id)?;
    Ok(sessions)
}

/// Ends every way into an account without its passkey: one-time codes, and the sessions that began with a
/// code or the approval of another device, except `kept`. For the moment in which an account gets its first
/// passkey or more rights: the holder of a code from an earlier time must not have a part in that, nor the
/// applications that they signed in to.
pub fn end_ways_without_passkey(
    tx: &mut Tx<'_>,
    user_id: UserId,
    kept: Option<SessionId>,
    new_id: impl Fn() -> Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    for session in sessions::list_of_user(tx, user_id, now)? {
        if session.amr != Amr::Passkey && Some(session.id) != kept {
            end_session(tx, &session, new_id(), now)?;
        }
    }
    grants::revoke_without_passkey(tx, user_id, kept, now)?;
    one_time_access_tokens::delete_all(tx, user_id)
}

/// The second step: lists the sessions with live grants except `kept`, including those that ended
/// before.
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

/// The third step, for all sessions or a batch: ends their grants. Returns their number, and
/// whether any client gets a logout notice.
pub fn end_grants_of_sessions(
    tx: &mut Tx<'_>,
    user_id: UserId,
    sessions: &[SessionId],
    new_id: impl Fn() -> Uuid,
    now: Timestamp,
) -> Result<(usize, bool), StoreError> {
    let (mut grants, mut is_told) = (0, false);
    for id in sessions {
        let told = backchannel_logouts::insert_for_session(tx, new_id(), user_id, *id, now)?;
        grants += grants::revoke_all_of_session(tx, *id, now)?;
        is_told |= !told.is_empty();
    }
    Ok((grants, is_told))
}

/// Records that a user allowed a scope to a client. Returns whether the scope was not fully allowed
/// before. With too many consents, the access of the least recently used clients ends.
pub fn record_consent(
    tx: &mut Tx<'_>,
    user_id: UserId,
    client_id: &ClientId,
    scope: &Scope,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let is_new = consents::record(tx, user_id, client_id, scope, now)?;
    if is_new {
        for surplus in consents::list_surplus(tx, user_id)? {
            end_access(tx, user_id, &surplus, now)?;
        }
    }
    Ok(is_new)
}

/// Whether [`end_access`] would end anything. A check before the write, because the search reads
/// all grants of the user and should not block writers for nothing.
pub fn has_access(
    tx: &mut Tx<'_>,
    user_id: UserId,
    client_id: &ClientId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    Ok(consents::find(tx, user_id, client_id)?.is_some()
        || grants::is_live_of_client(tx, user_id, client_id, now)?)
}

/// Revokes all grants of a user for a client, including those with `offline_access`, and deletes
/// the consent. `false` when there was nothing to end.
pub fn end_access(
    tx: &mut Tx<'_>,
    user_id: UserId,
    client_id: &ClientId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let was_allowed = consents::delete(tx, user_id, client_id)?;
    Ok(grants::revoke_of_client(tx, user_id, client_id, now)? > 0 || was_allowed)
}

/// Ends all access of a user: sessions, grants with all their tokens, including those with
/// `offline_access`, one-time links and API keys. `new_id` makes the ids of the logout notices, one
/// per session.
pub fn end_everything_of(
    tx: &mut Tx<'_>,
    user_id: UserId,
    new_id: impl Fn() -> Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    for session_id in grants::list_live_sessions(tx, user_id, now)? {
        backchannel_logouts::insert_for_session(tx, new_id(), user_id, session_id, now)?;
    }
    sessions::revoke_all(tx, user_id, now)?;
    grants::revoke_all(tx, user_id, now)?;
    api_keys::expire_all(tx, user_id, now)?;
    one_time_access_tokens::delete_all(tx, user_id)
}

/// Ends the sessions, grants and one-time links of all users. API keys stay: they are listed, and
/// each has an owner who can decide about it.
pub fn end_every_session(
    tx: &mut Tx<'_>,
    new_id: impl Fn() -> Uuid,
    now: Timestamp,
) -> Result<(), StoreError> {
    for (user_id, session_id) in grants::list_every_live_session(tx, now)? {
        backchannel_logouts::insert_for_session(tx, new_id(), user_id, session_id, now)?;
    }
    sessions::revoke_every(tx, now)?;
    grants::revoke_every(tx, now)?;
    one_time_access_tokens::delete_every(tx)
}
