//! The options for the browser (WebAuthn L3 §5.4, §5.5). They have exactly the members of Pocket ID
//! 2.14, and none that a library adds. An additional member can make a ceremony impossible:
//! `credProtect` with `userVerificationRequired` did when `userVerification` was `preferred`.
//!
//! Two members differ on purpose. `timeout` is within the range that WebAuthn L3 §15.1 recommends,
//! because finding the phone takes a while. `pubKeyCredParams` lists the algorithms that we can
//! verify.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Serialize, Serializer};

use crate::model::passkey::ALGORITHMS;

/// The options of `navigator.credentials.create`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct CreationOptions {
    pub(super) rp: Rp,
    pub(super) user: UserEntity,
    pub(super) challenge: Base64Url,
    pub(super) pub_key_cred_params: Vec<CredentialParameters>,
    pub(super) timeout: u32,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) exclude_credentials: Vec<Descriptor>,
    pub(super) authenticator_selection: Selection,
    pub(super) extensions: Extensions,
}

/// The options of `navigator.credentials.get`. They name no credential: the passkey identifies its
/// user.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestOptions {
    pub(super) challenge: Base64Url,
    pub(super) timeout: u32,
    pub(super) rp_id: String,
    pub(super) user_verification: &'static str,
}

/// The relying party: this provider.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RelyingParty"))]
pub(super) struct Rp {
    pub(super) name: String,
    pub(super) id: String,
}

/// The account, as authenticators show it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct UserEntity {
    pub(super) name: String,
    pub(super) display_name: String,
    pub(super) id: Base64Url,
}

/// An accepted kind of key.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct CredentialParameters {
    #[serde(rename = "type")]
    kind: &'static str,
    alg: i64,
}

/// An existing credential.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "CredentialDescriptor"))]
pub(super) struct Descriptor {
    #[serde(rename = "type")]
    kind: &'static str,
    id: Base64Url,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transports: Vec<String>,
}

/// The accepted authenticators.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "AuthenticatorSelection"))]
#[serde(rename_all = "camelCase")]
pub(super) struct Selection {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) authenticator_attachment: Option<String>,
    // Without a username to start from, only a discoverable credential is useful.
    require_resident_key: bool,
    resident_key: &'static str,
    pub(super) user_verification: &'static str,
}

/// Extensions. Firefox on Android creates a discoverable credential only if `credProps` is
/// requested.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "CreationExtensions"))]
#[serde(rename_all = "camelCase")]
pub(super) struct Extensions {
    cred_props: bool,
}

/// Bytes in the encoding of WebAuthn's JSON.
#[derive(Debug)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub(super) struct Base64Url(#[cfg_attr(test, schemars(with = "String"))] pub(super) Vec<u8>);

impl Serialize for Base64Url {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_URL_SAFE_NO_PAD.encode(&self.0))
    }
}

impl CredentialParameters {
    /// The algorithms that we can verify, the preferred one first.
    pub(super) fn all() -> Vec<Self> {
        ALGORITHMS.iter().map(|alg| Self { kind: "public-key", alg: *alg as i64 }).collect()
    }
}

impl Descriptor {
    /// A credential and the transports that reach it.
    pub(super) fn new(id: Vec<u8>, transports: Vec<String>) -> Self {
        Self { kind: "public-key", id: Base64Url(id), transports }
    }
}

impl Selection {
    /// A discoverable credential. The configuration sets its user verification and attachment.
    pub(super) fn new(attachment: Option<&str>, user_verification: &'static str) -> Self {
        Self {
            authenticator_attachment: attachment.map(str::to_owned),
            require_resident_key: true,
            resident_key: "required",
            user_verification,
        }
    }
}

impl Default for Extensions {
    fn default() -> Self {
        Self { cred_props: true }
    }
}
