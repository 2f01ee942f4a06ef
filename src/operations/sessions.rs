//! Browser sessions, ended from elsewhere.

use super::{Act, Noun, Refusal};
use crate::{
    model::{EventKind, Session, SessionId, UserId},
    store::{sessions, sign_out},
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
    let found = sessions::list_of_user(act, user_id, now)?;
    let session = found.into_iter().find(|session| session.id == id).ok_or_else(missing)?;
    let told = sign_out::end_session(act, &session, notice, now)?.ok_or_else(missing)?;
    act.audit(EventKind::SessionRevoked, user_id, [])?;
    Ok(RevokedSession { session, is_told: !told.is_empty() })
}

/// Ends every session of a user except `kept`. Also ends every grant made outside `kept`, including
/// those with `offline_access` and those of sessions that ended before. Writes an audit entry for
/// each session.
pub fn revoke_all(
    act: &mut Act<'_, '_>,
    user_id: UserId,
    kept: Option<SessionId>,
) -> Result<sign_out::Ended, Refusal> {
    let (now, new_id) = (act.now(), act.new_ids());
    let ended = sign_out::end_sessions_of(act, user_id, kept, new_id, now)?;
    for _ in &ended.sessions {
        act.audit(EventKind::SessionRevoked, user_id, [])?;
    }
    Ok(ended)
}
