//! A signing key. Private keys are never shown.

use serde::Serialize;

use crate::{crypto::Algorithm, model::Timestamp};

/// A signing key, without the private key.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct SigningKeyView {
    /// Its key identifier.
    pub kid: String,
    /// Its signing algorithm.
    #[serde(serialize_with = "name")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub alg: Algorithm,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its publication ends, if it was replaced.
    pub published_until: Option<Timestamp>,
}

fn name<S: serde::Serializer>(algorithm: &Algorithm, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(algorithm.as_str())
}
