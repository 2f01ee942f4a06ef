//! An authenticator in software (WebAuthn L3 §6): one ES256 credential, and knobs to make it lie.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use ring::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _},
};
use serde_cbor_2::Value as Cbor;
use serde_json::{Value, json};

use super::agent::{Agent, Answer};

/// An authenticator with one discoverable credential.
pub(crate) struct SoftAuthenticator {
    key: EcdsaKeyPair,
    pkcs8: Vec<u8>,
    random: SystemRandom,
    pub(crate) credential_id: Vec<u8>,
    pub(crate) user_handle: Vec<u8>,
    pub(crate) origin: String,
    pub(crate) rp_id: String,
    pub(crate) user_verified: bool,
    pub(crate) backup_eligible: bool,
    pub(crate) counter: u32,
    pub(crate) aaguid: [u8; 16],
    /// The format and the statement of its attestation (WebAuthn L3 §6.5.4).
    pub(crate) attestation: Attestation,
    /// Outputs of extensions in the authenticator data, unless there are none.
    pub(crate) extensions: Option<Cbor>,
    /// More members of the client data.
    pub(crate) client_data: Value,
}

/// The statement of an authenticator about itself.
#[derive(Clone)]
pub(crate) struct Attestation {
    pub(crate) format: &'static str,
    pub(crate) statement: Cbor,
}

impl SoftAuthenticator {
    /// An authenticator for the passkeys of this origin, a host of this machine.
    pub(crate) fn new(origin: &str) -> Self {
        let random = SystemRandom::new();
        let pkcs8 =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random).expect("a key");
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).expect("the key");
        let credential_id = digest(&SHA256, key.public_key().as_ref()).as_ref()[..20].to_vec();
        Self {
            key,
            pkcs8: pkcs8.as_ref().to_vec(),
            random,
            credential_id,
            user_handle: Vec::new(),
            origin: origin.to_owned(),
            rp_id: "localhost".to_owned(),
            user_verified: true,
            backup_eligible: true,
            counter: 0,
            aaguid: [0; 16],
            attestation: Attestation { format: "none", statement: Cbor::Map([].into()) },
            extensions: None,
            client_data: json!({}),
        }
    }

    /// The authenticator whose credential was exported, at this origin.
    pub(crate) fn imported(exported: &Value, origin: &str) -> Self {
        let bytes = |name: &str| {
            BASE64_STANDARD.decode(exported[name].as_str().expect("base64")).expect("base64")
        };
        let pkcs8 = bytes("privateKey");
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let random = SystemRandom::new();
        Self {
            key: EcdsaKeyPair::from_pkcs8(algorithm, &pkcs8, &random).expect("the key"),
            pkcs8,
            credential_id: bytes("credentialId"),
            user_handle: bytes("userHandle"),
            backup_eligible: exported["backupEligibility"] == true,
            ..Self::new(origin)
        }
    }

    /// Its credential with the private key, as the virtual authenticators of browsers take it.
    pub(crate) fn exported(&self) -> Value {
        json!({
            "credentialId": BASE64_STANDARD.encode(&self.credential_id),
            "isResidentCredential": true,
            "rpId": self.rp_id,
            "privateKey": BASE64_STANDARD.encode(&self.pkcs8),
            "userHandle": BASE64_STANDARD.encode(&self.user_handle),
            "signCount": self.counter,
            "backupEligibility": self.backup_eligible,
        })
    }

    /// Registers a passkey for the signed-in user.
    pub(crate) fn register(&mut self, agent: &mut Agent) -> Answer {
        let options = agent.get("/api/webauthn/register/start").ok().json();
        let response = self.create(&options);
        agent.post("/api/webauthn/register/finish", &response)
    }

    /// Signs in.
    pub(crate) fn sign_in(&mut self, agent: &mut Agent) -> Answer {
        let options = agent.get("/api/webauthn/login/start").ok().json();
        let response = self.assert(&options);
        agent.post("/api/webauthn/login/finish", &response)
    }

    /// Uses the passkey again, signed in.
    pub(crate) fn reauthenticate(&mut self, agent: &mut Agent) -> Answer {
        let options = agent.get("/api/webauthn/login/start").ok().json();
        let response = self.assert(&options);
        agent.post("/api/webauthn/reauthenticate", &response)
    }

    /// Answers `navigator.credentials.create` (WebAuthn L3 §6.3.2).
    pub(crate) fn create(&mut self, options: &Value) -> Value {
        let handle = options["user"]["id"].as_str().expect("a user handle");
        self.user_handle = BASE64_URL_SAFE_NO_PAD.decode(handle).expect("base64url");
        let client_data = self.client_data("webauthn.create", options);
        let mut auth_data = self.authenticator_data(0x40);
        auth_data.extend(self.aaguid);
        auth_data.extend((self.credential_id.len() as u16).to_be_bytes());
        auth_data.extend(&self.credential_id);
        auth_data.extend(self.cose_key());
        auth_data.extend(self.extension_data());
        let attestation = Cbor::Map(
            [
                (text("fmt"), text(self.attestation.format)),
                (text("attStmt"), self.attestation.statement.clone()),
                (text("authData"), Cbor::Bytes(auth_data)),
            ]
            .into(),
        );
        let attestation = serde_cbor_2::to_vec(&attestation).expect("CBOR");
        json!({
            "id": encode(&self.credential_id),
            "rawId": encode(&self.credential_id),
            "type": "public-key",
            "response": {
                "clientDataJSON": encode(client_data.as_bytes()),
                "attestationObject": encode(&attestation),
                "transports": ["internal", "hybrid"],
            },
            "clientExtensionResults": { "credProps": { "rk": true } },
        })
    }

    /// Answers `navigator.credentials.get` (WebAuthn L3 §6.3.3).
    pub(crate) fn assert(&mut self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", options);
        let mut auth_data = self.authenticator_data(0);
        auth_data.extend(self.extension_data());
        let hash = digest(&SHA256, client_data.as_bytes());
        let message = [auth_data.as_slice(), hash.as_ref()].concat();
        let signature = self.key.sign(&self.random, &message).expect("a signature");
        json!({
            "id": encode(&self.credential_id),
            "rawId": encode(&self.credential_id),
            "type": "public-key",
            "response": {
                "clientDataJSON": encode(client_data.as_bytes()),
                "authenticatorData": encode(&auth_data),
                "signature": encode(signature.as_ref()),
                "userHandle": encode(&self.user_handle),
            },
            "clientExtensionResults": {},
        })
    }

    fn client_data(&self, kind: &str, options: &Value) -> String {
        let mut data = json!({
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": false,
        });
        for (name, value) in self.client_data.as_object().expect("members") {
            data[name] = value.clone();
        }
        data.to_string()
    }

    fn extension_data(&self) -> Vec<u8> {
        let written = self.extensions.as_ref().map(serde_cbor_2::to_vec);
        written.map(|bytes| bytes.expect("CBOR")).unwrap_or_default()
    }

    /// WebAuthn L3 §6.1: the hash of the RP ID, flags, counter.
    fn authenticator_data(&mut self, more_flags: u8) -> Vec<u8> {
        let flags = 0x01
            | flag(self.user_verified, 0x04)
            | flag(self.backup_eligible, 0x08)
            | flag(self.extensions.is_some(), 0x80);
        let mut data = digest(&SHA256, self.rp_id.as_bytes()).as_ref().to_vec();
        data.push(flags | more_flags);
        data.extend(self.counter.to_be_bytes());
        data
    }

    /// RFC 9053 §7.1.1: kty 2, alg -7, crv 1, x, y.
    pub(crate) fn cose_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let map = [
            (Cbor::Integer(1), Cbor::Integer(2)),
            (Cbor::Integer(3), Cbor::Integer(-7)),
            (Cbor::Integer(-1), Cbor::Integer(1)),
            (Cbor::Integer(-2), Cbor::Bytes(point[1..33].to_vec())),
            (Cbor::Integer(-3), Cbor::Bytes(point[33..].to_vec())),
        ];
        serde_cbor_2::to_vec(&Cbor::Map(map.into())).expect("CBOR")
    }
}

fn flag(is_set: bool, flag: u8) -> u8 {
    if is_set { flag } else { 0 }
}

fn text(text: &str) -> Cbor {
    Cbor::Text(text.to_owned())
}

fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
