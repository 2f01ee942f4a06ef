//! A federated identity in the body of a client or of a service.

use serde::Deserialize;

use crate::model::FederatedIdentity;

/// A federated identity. An empty string counts as an absent field.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FederatedIdentityBody {
    issuer: String,
    subject: String,
    audience: String,
    jwks: String,
    replay_protection: bool,
}

impl FederatedIdentityBody {
    /// The identity, unchecked.
    pub(super) fn identity(&self) -> FederatedIdentity {
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        FederatedIdentity {
            issuer: self.issuer.clone(),
            subject: text(&self.subject),
            audience: text(&self.audience),
            jwks: text(&self.jwks),
            replay_protection: self.replay_protection,
        }
    }
}
