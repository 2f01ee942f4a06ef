//! Passkeys: WebAuthn credentials as stored.
//!
//! The raw parts are kept, not a library's own format, so that they outlive the library.

use std::{collections::BTreeMap, ops::RangeInclusive};

use serde_cbor_2::Value;
use webauthn_rs_core::proto::{
    AttestationFormat, COSEAlgorithm, COSEKey, Credential, ParsedAttestation, RegisteredExtensions,
    UserVerificationPolicy,
};

use super::{PasskeyId, Timestamp, UserId, text::text_type};

/// The algorithms of keys that we can verify with, the best first. The library reads more.
pub const ALGORITHMS: [COSEAlgorithm; 3] =
    [COSEAlgorithm::ES256, COSEAlgorithm::ES384, COSEAlgorithm::RS256];
/// How long a credential id may be (WebAuthn L3 §5.1, §7.1 step 25).
pub const CREDENTIAL_ID_BYTES: RangeInclusive<usize> = 1..=1023;
/// How many passkeys an account may have. Each is a row, and in the options of each registration.
pub const MAX_PASSKEYS: usize = 50;

text_type!(
    /// What its owner calls a passkey.
    PasskeyName, 1, 50
);

/// A stored credential.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// The row's id.
    pub id: PasskeyId,
    /// Its owner.
    pub user_id: UserId,
    /// What its owner calls it.
    pub name: PasskeyName,
    /// The authenticator's id of it.
    pub credential_id: Vec<u8>,
    /// The public key as COSE (RFC 9052), byte for byte as it was registered.
    pub public_key: Vec<u8>,
    /// The model of the authenticator (WebAuthn L3 §6.5.2), unproven; for naming only.
    pub aaguid: Option<uuid::Uuid>,
    /// How the authenticator is reached.
    pub transports: Vec<String>,
    /// The signature counter (WebAuthn L3 §6.1.1), for information only.
    pub sign_count: u32,
    /// Whether it may be synced between devices.
    pub backup_eligible: bool,
    /// Whether it is synced.
    pub backup_state: bool,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last used.
    pub last_used_at: Option<Timestamp>,
}

/// A stored passkey cannot be used.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("read the public key of a passkey: it is not a COSE key of a supported algorithm")]
pub struct UnusablePasskey;

impl Passkey {
    /// What the audit log says of it.
    pub fn audit_data(&self) -> BTreeMap<&'static str, String> {
        let hex = self.credential_id.iter().map(|byte| format!("{byte:02x}")).collect();
        BTreeMap::from([("credentialID", hex), ("passkeyName", self.name.to_string())])
    }

    /// Whether what it signs can be verified.
    pub fn is_verifiable(&self) -> bool {
        self.cose_key().is_ok_and(|key| ALGORITHMS.contains(&key.type_))
    }

    fn cose_key(&self) -> Result<COSEKey, UnusablePasskey> {
        let cose: Value =
            serde_cbor_2::from_slice(&self.public_key).map_err(|_| UnusablePasskey)?;
        COSEKey::try_from(&cose).map_err(|_| UnusablePasskey)
    }

    /// The credential for a verification.
    ///
    /// The counter is handed over as zero: synced passkeys and some managers count wrongly, and
    /// nobody is to be locked out by that. Whoever verifies compares [`Passkey::sign_count`] itself.
    pub fn to_credential(
        &self,
        backup_eligible: bool,
        requires_user_verification: bool,
    ) -> Result<Credential, UnusablePasskey> {
        Ok(Credential {
            cred_id: self.credential_id.clone(),
            cred: self.cose_key()?,
            counter: 0,
            transports: None,
            user_verified: requires_user_verification,
            backup_eligible,
            backup_state: self.backup_state && backup_eligible,
            registration_policy: match requires_user_verification {
                true => UserVerificationPolicy::Required,
                false => UserVerificationPolicy::Preferred,
            },
            extensions: RegisteredExtensions::none(),
            attestation: ParsedAttestation::default(),
            attestation_format: AttestationFormat::None,
        })
    }
}
