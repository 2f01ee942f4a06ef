//! Parses the browser's answer in a ceremony (WebAuthn L3 §5.1.8, §5.1.9). It is lenient: password
//! managers and older browsers encode it differently. Its content is not verified yet.

use serde::Deserialize;
use serde_json::Value;
use webauthn_rs_core::proto::{
    AuthenticationExtensionsClientOutputs, AuthenticatorAssertionResponseRaw,
    AuthenticatorAttestationResponseRaw, PublicKeyCredential, RegisterPublicKeyCredential,
    RegistrationExtensionsClientOutputs,
};

use super::{
    authenticator_data::{self, Attested, AuthenticatorDataError},
    base64::Base64,
    client_data::ClientData,
};

/// How many transports of an authenticator are stored, and how long each may be.
const TRANSPORTS: usize = 8;
const TRANSPORT_LENGTH: usize = 32;

/// Why an answer cannot be parsed.
#[derive(Debug, thiserror::Error)]
pub(super) enum AnswerError {
    /// The authenticator data is invalid.
    #[error(transparent)]
    AuthenticatorData(#[from] AuthenticatorDataError),
    /// The client data of the browser is invalid.
    #[error("clientDataJSON: {0}")]
    ClientData(serde_json::Error),
    /// The ids of the credential differ.
    #[error("rawId is not the id in the authenticator data")]
    CredentialId,
    /// It is not JSON, or a member is missing or of another type.
    #[error("{0}")]
    Json(#[from] serde_json::Error),
    /// It is not about a public key credential.
    #[error("type is not \"public-key\"")]
    Type,
}

/// The answer to `navigator.credentials.create`.
#[derive(Debug)]
pub(super) struct RegistrationAnswer {
    pub(super) client_data: ClientData,
    pub(super) attested: Attested,
    /// The transports of the authenticator (WebAuthn L3 §5.8.4): hints for the browser.
    pub(super) transports: Vec<String>,
    /// Whether the credential can be found without a username, if the browser knows.
    pub(super) is_discoverable: Option<bool>,
    client_data_json: Vec<u8>,
}

/// The answer to `navigator.credentials.get`.
#[derive(Debug)]
pub(super) struct AssertionAnswer {
    pub(super) client_data: ClientData,
    pub(super) credential_id: Vec<u8>,
    pub(super) authenticator_data: Vec<u8>,
    /// The id of the credential's user as the authenticator stores it, if it is given.
    pub(super) user_handle: Option<Vec<u8>>,
    client_data_json: Vec<u8>,
    signature: Vec<u8>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct Credential<R> {
    raw_id: Base64,
    #[serde(rename = "type")]
    kind: String,
    response: R,
    // Any value is accepted: `null`, outputs that were not requested, or outputs of another type.
    #[serde(default)]
    client_extension_results: Value,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct Attestation {
    #[serde(rename = "clientDataJSON")]
    client_data_json: Base64,
    attestation_object: Base64,
    #[serde(default)]
    transports: Value,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct PasskeyAssertion {
    #[serde(rename = "clientDataJSON")]
    client_data_json: Base64,
    authenticator_data: Base64,
    signature: Base64,
    #[serde(default)]
    user_handle: Option<Base64>,
}

impl RegistrationAnswer {
    /// Reads the body of a request.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, AnswerError> {
        let credential: Credential<Attestation> = parse(bytes)?;
        let response = credential.response;
        let attested = authenticator_data::attested(&response.attestation_object.0)?;
        if attested.credential_id != credential.raw_id.0 {
            return Err(AnswerError::CredentialId);
        }
        Ok(Self {
            client_data: ClientData::parse(&response.client_data_json.0)
                .map_err(AnswerError::ClientData)?,
            attested,
            transports: transports(&response.transports),
            is_discoverable: credential.client_extension_results["credProps"]["rk"].as_bool(),
            client_data_json: response.client_data_json.0,
        })
    }

    /// Converts it for the library that verifies it. Omits the attestation statement, since none
    /// was requested, and the outputs of extensions.
    pub(super) fn for_library(&self) -> RegisterPublicKeyCredential {
        RegisterPublicKeyCredential {
            id: String::new(),
            raw_id: self.attested.credential_id.clone(),
            response: AuthenticatorAttestationResponseRaw {
                attestation_object: self.attested.without_statement(),
                client_data_json: self.client_data_json.clone(),
                transports: None,
            },
            type_: "public-key".into(),
            extensions: RegistrationExtensionsClientOutputs::default(),
        }
    }
}

impl AssertionAnswer {
    /// Reads the body of a request.
    pub(super) fn parse(bytes: &[u8]) -> Result<Self, AnswerError> {
        let credential: Credential<PasskeyAssertion> = parse(bytes)?;
        let response = credential.response;
        authenticator_data::check(&response.authenticator_data.0)?;
        let handle = response.user_handle.map(|handle| handle.0);
        Ok(Self {
            client_data: ClientData::parse(&response.client_data_json.0)
                .map_err(AnswerError::ClientData)?,
            credential_id: credential.raw_id.0,
            authenticator_data: response.authenticator_data.0,
            user_handle: handle.filter(|handle| !handle.is_empty()),
            client_data_json: response.client_data_json.0,
            signature: response.signature.0,
        })
    }

    /// Converts it for the library that verifies it.
    pub(super) fn for_library(&self) -> PublicKeyCredential {
        PublicKeyCredential {
            id: String::new(),
            raw_id: self.credential_id.clone(),
            response: AuthenticatorAssertionResponseRaw {
                authenticator_data: self.authenticator_data.clone(),
                client_data_json: self.client_data_json.clone(),
                signature: self.signature.clone(),
                user_handle: None,
            },
            extensions: AuthenticationExtensionsClientOutputs::default(),
            type_: "public-key".into(),
        }
    }
}

fn parse<'de, R: Deserialize<'de>>(bytes: &'de [u8]) -> Result<Credential<R>, AnswerError> {
    let credential: Credential<R> = serde_json::from_slice(bytes)?;
    if credential.kind == "public-key" { Ok(credential) } else { Err(AnswerError::Type) }
}

/// WebAuthn L3 §5.8.4: unknown values are kept. `cable` is the old name of `hybrid`.
fn transports(value: &Value) -> Vec<String> {
    let is_word = |word: &&str| {
        word.len() <= TRANSPORT_LENGTH
            && !word.is_empty()
            && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let words = value.as_array().into_iter().flatten().filter_map(Value::as_str).filter(is_word);
    let mut kept: Vec<String> = Vec::new();
    for word in words.map(|word| if word == "cable" { "hybrid" } else { word }) {
        if kept.len() < TRANSPORTS && !kept.iter().any(|known| known == word) {
            kept.push(word.to_owned());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_form_of_base64_is_read() {
        for text in ["-_-_-w", "-_-_-w==", "+/+/+w", "+/+/+w=="] {
            let read: Base64 = serde_json::from_value(json!(text)).unwrap();
            assert_eq!(read.0, [0xfb, 0xff, 0xbf, 0xfb], "{text}");
        }
        for text in ["-", "a b", "-_-_-w===", "=", "é"] {
            assert!(serde_json::from_value::<Base64>(json!(text)).is_err(), "{text}");
        }
    }

    #[test]
    fn unknown_transports_are_kept_and_cable_is_hybrid() {
        let read = |value: Value| transports(&value);
        assert_eq!(
            read(json!(["cable", "hybrid", "smart-card", "x"])),
            ["hybrid", "smart-card", "x"]
        );
        assert_eq!(read(json!(["a,b", "", 1, null, "x".repeat(33)])), Vec::<String>::new());
        assert_eq!(read(json!(null)), Vec::<String>::new());
        assert_eq!(read(json!("usb")), Vec::<String>::new());
        let many: Vec<_> = (0..100).map(|n| n.to_string()).collect();
        assert_eq!(read(json!(many)).len(), TRANSPORTS);
    }
}
