//! A subject of another issuer that stands for a user. Pocket ID does not accept such issuers.

use serde::Serialize;

use crate::model::{AssertedSubject, AssertedSubjectId, Timestamp};

/// A subject of a trusted issuer that stands for a user.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AssertedSubjectView {
    /// Also the `sessionId` of the grants that were made with it.
    id: AssertedSubjectId,
    /// The `iss` of the assertions.
    issuer: String,
    /// The URL of the issuer's keys.
    jwks: String,
    /// When an assertion named the user for the first time.
    created_at: Timestamp,
}

impl AssertedSubjectView {
    /// The subject as shown in the REST API. It is kept as a digest, so it is not shown itself.
    pub fn of(subject: &AssertedSubject) -> Self {
        Self {
            id: subject.id,
            issuer: subject.issuer.clone(),
            jwks: subject.jwks_url.clone(),
            created_at: subject.created_at,
        }
    }
}
