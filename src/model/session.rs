//! Browser sessions at the provider.

use super::{Amr, ClientId, SessionId, Timestamp, UserId};
use crate::crypto::PublicJwk;

/// Five minutes, in seconds: a younger session counts as recent.
const RECENT_SECONDS: i64 = 300;

/// A signed-in browser. Only the digest of its cookie is stored.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its id; as text the `sid` of logout tokens.
    pub id: SessionId,
    /// The signed-in user.
    pub user_id: UserId,
    /// How the user signed in.
    pub amr: Amr,
    /// When the user signed in.
    pub created_at: Timestamp,
    /// When the user last authenticated: at sign-in, or with a passkey since.
    pub authenticated_at: Timestamp,
    /// When it was last used, to the minute.
    pub last_used_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// The address of the browser.
    pub ip_address: String,
    /// The `User-Agent` of the browser.
    pub user_agent: String,
    /// The key of its browser that it is bound to, if it is.
    pub binding: Option<Box<DeviceBinding>>,
}

/// The binding of a session to a key that does not leave its device (Device Bound Session Credentials).
#[derive(Debug, Clone)]
pub struct DeviceBinding {
    /// The public key, with its algorithm.
    pub key: PublicJwk,
    /// From when on the session's cookie alone is not enough. Not set until the browser has shown that it can
    /// fetch its other cookie: an answer may be lost, and a browser may be unable to.
    pub enforced_from: Option<Timestamp>,
}

impl DeviceBinding {
    /// Whether the session's cookie alone is not enough.
    pub fn is_enforced(&self, now: Timestamp) -> bool {
        self.enforced_from.is_some_and(|from| from <= now)
    }
}

impl Session {
    /// Whether its browser has shown that it has the key that it is bound to.
    pub fn has_shown_key(&self) -> bool {
        self.binding.as_ref().is_some_and(|binding| binding.enforced_from.is_some())
    }

    /// How the user last authenticated.
    pub fn latest_amr(&self) -> Amr {
        if self.authenticated_at > self.created_at { Amr::Passkey } else { self.amr }
    }

    /// Whether it began in the last five minutes. A stolen cookie is usually older. A later passkey
    /// use does not count: it does not prove that this request comes from the user.
    pub fn is_recent(&self, now: Timestamp) -> bool {
        now.seconds_since(self.created_at) <= RECENT_SECONDS
    }
}

/// An ended session and a client that its user had signed in to.
#[derive(Debug, Clone)]
pub struct EndedSession {
    /// The client.
    pub client_id: ClientId,
    /// The user of the session.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
}
