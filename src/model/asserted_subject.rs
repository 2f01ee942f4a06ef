//! Subjects of other issuers (draft-ietf-oauth-identity-assertion-authz-grant).

use super::{AssertedSubjectId, SessionId, Timestamp, UserId, Username};

/// A subject of a trusted issuer that stands for a user: all assertions with it are about that user.
#[derive(Debug, Clone)]
pub struct AssertedSubject {
    /// Made from its digest. The subject itself is not kept.
    pub id: AssertedSubjectId,
    /// The user that it stands for.
    pub user_id: UserId,
    /// The name of the user.
    pub username: Username,
    /// The issuer.
    pub issuer: String,
    /// The address of the issuer's keys.
    pub jwks_url: String,
    /// When an assertion named the user for the first time.
    pub created_at: Timestamp,
}

impl AssertedSubject {
    /// What an entry of the audit log says of it.
    pub fn audited(&self) -> [(&'static str, String); 2] {
        [("issuer", self.issuer.clone()), ("jwks", self.jwks_url.clone())]
    }
}

impl AssertedSubjectId {
    /// What takes the place of a session in the grants that were made with the subject: their tokens end together.
    pub fn as_session(self) -> SessionId {
        SessionId(self.0)
    }
}
