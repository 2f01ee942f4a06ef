//! Passkeys: WebAuthn credentials as stored.
//!
//! Their parts are stored in standard formats, independent of the library, so that the library can
//! be replaced.

use std::{collections::BTreeMap, ops::RangeInclusive};

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_cbor_2::Value;
use webauthn_rs_core::proto::{
    AttestationFormat, COSEAlgorithm, COSEKey, Credential, ParsedAttestation, RegisteredExtensions,
    UserVerificationPolicy,
};

use super::{PasskeyId, Timestamp, UserId, text::text_type};

/// Key algorithms that we can verify, in order of preference. The library can parse more.
pub const ALGORITHMS: [COSEAlgorithm; 3] =
    [COSEAlgorithm::ES256, COSEAlgorithm::ES384, COSEAlgorithm::RS256];
/// Length of a credential id (WebAuthn L3 §5.1, §7.1 step 25).
pub const CREDENTIAL_ID_BYTES: RangeInclusive<usize> = 1..=1023;
/// Most passkeys of an account. Each is a row, and is sent in the options of every registration.
pub const MAX_PASSKEYS: usize = 50;

text_type!(
    /// The name of a passkey, chosen by its owner.
    PasskeyName, 1, 50
);

/// A stored credential.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// The row's id.
    pub id: PasskeyId,
    /// Its owner.
    pub user_id: UserId,
    /// The name, chosen by its owner.
    pub name: PasskeyName,
    /// The credential id, chosen by the authenticator.
    pub credential_id: Vec<u8>,
    /// The public key as COSE (RFC 9052), unchanged since the registration.
    pub public_key: Vec<u8>,
    /// The authenticator model (WebAuthn L3 §6.5.2). Not verified; only used to name the passkey.
    pub aaguid: Option<uuid::Uuid>,
    /// The transports of the authenticator.
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

/// The public key of a stored passkey cannot be read.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("cannot read the public key of a passkey: it is not a COSE key of a supported algorithm")]
pub struct UnusablePasskey;

impl Passkey {
    /// The details for the audit log.
    pub fn audit_data(&self) -> BTreeMap<&'static str, String> {
        BTreeMap::from([
            ("credentialID", self.shown_credential_id()),
            ("passkeyName", self.name.to_string()),
        ])
    }

    /// The credential id as it is shown everywhere: in base64url, as WebAuthn writes it.
    pub fn shown_credential_id(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(&self.credential_id)
    }

    /// Whether we can verify its signatures.
    pub fn is_verifiable(&self) -> bool {
        self.cose_key().is_ok_and(|key| ALGORITHMS.contains(&key.type_))
    }

    fn cose_key(&self) -> Result<COSEKey, UnusablePasskey> {
        let cose: Value =
            serde_cbor_2::from_slice(&self.public_key).map_err(|_| UnusablePasskey)?;
        COSEKey::try_from(&cose).map_err(|_| UnusablePasskey)
    }

    /// Returns the credential in the library's format, for a verification.
    ///
    /// The counter is zero, so the library does not check it: synced passkeys and some password
    /// managers count wrongly, which must not lock users out. The caller compares
    /// [`Passkey::sign_count`].
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
            registration_policy: if requires_user_verification {
                UserVerificationPolicy::Required
            } else {
                UserVerificationPolicy::Preferred
            },
            extensions: RegisteredExtensions::none(),
            attestation: ParsedAttestation::default(),
            attestation_format: AttestationFormat::None,
        })
    }
}
