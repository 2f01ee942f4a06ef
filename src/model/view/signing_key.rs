//! A signing key. Private keys are never shown.

use serde::Serialize;

use crate::{crypto::Algorithm, model::Timestamp};

/// What is known of a signing key.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SigningKeyView {
    /// Its key identifier.
    pub kid: String,
    /// What it signs with.
    #[serde(serialize_with = "name")]
    pub alg: Algorithm,
    /// When it was made.
    pub created_at: Timestamp,
    /// Until when it is published, once it was replaced.
    pub published_until: Option<Timestamp>,
}

fn name<S: serde::Serializer>(algorithm: &Algorithm, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(algorithm.as_str())
}
