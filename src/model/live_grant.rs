//! Grants as somebody looks at them who may end them.

use super::{
    ClientId, ClientName, GrantId, Scope, ScopeToken, SessionId, Timestamp, UserId, Username,
};

/// A grant that is good, and the names of who is concerned.
#[derive(Debug, Clone)]
pub struct LiveGrant {
    /// Its id.
    pub id: GrantId,
    /// Who gave it.
    pub user_id: UserId,
    /// The name of who gave it.
    pub username: Username,
    /// Who got it.
    pub client_id: ClientId,
    /// The name of who got it.
    pub client_name: ClientName,
    /// What was granted.
    pub scope: Scope,
    /// The browser session that it was given in.
    pub session_id: SessionId,
    /// When it was given.
    pub created_at: Timestamp,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

impl LiveGrant {
    /// Whether it goes on when the session ends (OIDC Core §11).
    pub fn is_offline(&self) -> bool {
        self.scope.contains(&ScopeToken::OfflineAccess)
    }
}
