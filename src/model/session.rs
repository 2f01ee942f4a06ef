//! Browser sessions at the provider.

use super::{Amr, ClientId, SessionId, Timestamp, UserId};

/// Five minutes: how long a sign-in is recent, in seconds.
const RECENT_SECONDS: i64 = 300;

/// A signed-in browser. Its cookie is a bearer value of which only the digest is kept.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id; as text the `sid` of later logouts.
    pub id: SessionId,
    /// Who is signed in.
    pub user_id: UserId,
    /// How they signed in.
    pub amr: Amr,
    /// When they signed in.
    pub created_at: Timestamp,
    /// When they last proved who they are: then, or with a passkey since.
    pub authenticated_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_used_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
    /// The address of the browser.
    pub ip_address: String,
    /// The `User-Agent` of the browser.
    pub user_agent: String,
}

impl Session {
    /// How they last proved who they are.
    pub fn latest_amr(&self) -> Amr {
        match self.authenticated_at > self.created_at {
            true => Amr::Passkey,
            false => self.amr,
        }
    }

    /// Whether it began just now. A cookie that was stolen is older, as a rule, and that its user has used a passkey
    /// since then proves nothing of whoever sends it.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        now.seconds_since(self.created_at) <= RECENT_SECONDS
    }
}

/// A session that has ended, and a client that its user had signed in to.
#[derive(Debug, Clone)]
pub struct EndedSession {
    /// The client.
    pub client_id: ClientId,
    /// Whose session it was.
    pub user_id: UserId,
    /// Which one.
    pub session_id: SessionId,
}
