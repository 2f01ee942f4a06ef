//! Browser sessions, ended from elsewhere.

use super::{Act, Noun, Refusal};
use crate::{
    model::{EventKind, Session, SessionId, UserId},
    store::{StoreError, sessions, sign_out},
};

/// A session that was ended.
#[derive(Debug)]
pub struct RevokedSession {
    /// The session.
    pub session: Session,
    /// Whether any client is notified of the logout.
    pub is_told: bool,
}

/// Ends a session of a user and the grants made in it, except those with `offline_access`.
pub fn revoke(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    id: SessionId,
) -> Result<RevokedSession, Refusal> {
    let (now, notice) = (act.now(), act.new_id());
    let missing = || Refusal::NotFound(Noun::Session);
    let (session, _) = sessions::find_by_id(act, id, now)?.ok_or_else(missing)?;
    if session.user_id != user_id {
        return Err(missing());
    }
    let told = sign_out::end_session(act, &session, notice, now)?.ok_or_else(missing)?;
    act.audit(EventKind::SessionRevoked, user_id, [])?;
    Ok(RevokedSession { session, is_told: !told.is_empty() })
}

/// Ends every session of a user except `kept`. Also ends every grant made outside `kept`, including
/// those with `offline_access` and those of sessions that ended before. Writes one audit entry.
///
/// Runs in one transaction. A server, where other requests wait, calls [`revoke_first`] and then
/// ends the grants in batches.
pub fn revoke_all(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    kept: Option<SessionId>,
) -> Result<sign_out::Ended, Refusal> {
    let (now, new_id) = (act.now(), act.new_ids());
    let sessions = revoke_first(act, user_id, kept)?;
    let left = sign_out::list_sessions_with_grants(act, user_id, kept, now)?;
    let (grants, is_told) = sign_out::end_grants_of_sessions(act, user_id, &left, new_id, now)?;
    Ok(sign_out::Ended { sessions, grants, is_told })
}

/// The first step of [`revoke_all`]: ends the sessions, so that no more grants are made in them.
pub fn revoke_first(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    kept: Option<SessionId>,
) -> Result<Vec<Session>, StoreError> {
    let now = act.now();
    let sessions = sign_out::revoke_sessions_of(act, user_id, kept, now)?;
    if !sessions.is_empty() {
        let count = [("sessionCount", sessions.len().to_string())];
        act.audit(EventKind::SessionRevoked, user_id, count)?;
    }
    Ok(sessions)
}
