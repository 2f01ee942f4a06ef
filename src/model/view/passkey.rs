//! `WebauthnCredential` (Pocket ID 2.14)

use serde::Serialize;

use crate::model::{Passkey, PasskeyId, PasskeyName, Timestamp};

/// A passkey. The field `lastUsedAt` is ours.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PasskeyView {
    id: PasskeyId,
    name: PasskeyName,
    /// Base64url, as in WebAuthn's JSON. Pocket ID converts the bytes to a text and loses most of
    /// them.
    #[serde(rename = "credentialID")]
    credential_id: String,
    attestation_type: &'static str,
    transport: Vec<String>,
    backup_eligible: bool,
    backup_state: bool,
    created_at: Timestamp,
    last_used_at: Option<Timestamp>,
}

impl PasskeyView {
    /// The passkey as shown in the REST API.
    pub fn of(passkey: &Passkey) -> Self {
        Self {
            id: passkey.id,
            name: passkey.name.clone(),
            credential_id: passkey.shown_credential_id(),
            attestation_type: "none",
            transport: passkey.transports.clone(),
            backup_eligible: passkey.backup_eligible,
            backup_state: passkey.backup_state,
            created_at: passkey.created_at,
            last_used_at: passkey.last_used_at,
        }
    }
}
