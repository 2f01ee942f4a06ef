//! Active grants, as listed to users and administrators.

use super::{
    ClientId, ClientName, GrantId, Scope, ScopeToken, SessionId, Timestamp, UserId, Username,
};

/// An active grant with the names of its user and client.
#[derive(Debug, Clone)]
pub struct LiveGrant {
    /// Its id.
    pub id: GrantId,
    /// The user who gave it.
    pub user_id: UserId,
    /// The username.
    pub username: Username,
    /// The client that received it.
    pub client_id: ClientId,
    /// The client's name.
    pub client_name: ClientName,
    /// The granted scope.
    pub scope: Scope,
    /// The browser session in which it was given.
    pub session_id: SessionId,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

impl LiveGrant {
    /// Whether it continues after the session ends (OIDC Core §11).
    pub fn is_offline(&self) -> bool {
        self.scope.contains(&ScopeToken::OfflineAccess)
    }
}
