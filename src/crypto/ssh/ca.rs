//! Certificate authorities: Ed25519 keys that sign certificates (PROTOCOL.certkeys).

use std::fmt;

use ring::signature::{Ed25519KeyPair, KeyPair as _};
use ssh_key::{
    Algorithm as SshAlgorithm, PublicKey, Signature,
    certificate::{Builder, CertType},
    public::{Ed25519PublicKey, KeyData},
};
use zeroize::Zeroizing;

use super::{
    super::{Algorithm, KeyError, SigningKey},
    SshPublicKey,
};

/// The permissions of a session with a user certificate. It forwards neither the agent nor X11, with which
/// a thief of one host would get to others.
const EXTENSIONS: [&str; 3] = ["permit-port-forwarding", "permit-pty", "permit-user-rc"];

/// The holder of a certificate. One authority never signs for both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SshCertificateKind {
    /// A host, which shows it to users.
    Host,
    /// A user, who shows it to hosts.
    User,
}

/// The contents of a certificate.
#[derive(Debug, Clone)]
pub struct SshTemplate {
    /// Its holder.
    pub kind: SshCertificateKind,
    /// The key that it certifies.
    pub public_key: SshPublicKey,
    /// Its number, by which it is revoked.
    pub serial: u64,
    /// The name that hosts log.
    pub key_id: String,
    /// The accounts or the host names that it is good for.
    pub principals: Vec<String>,
    /// Its first second.
    pub valid_after: u64,
    /// The second at which it expires.
    pub valid_before: u64,
    /// Random bytes.
    pub nonce: [u8; 32],
}

/// Why a certificate was not signed.
#[derive(Debug, Clone, thiserror::Error)]
pub enum SshSignFault {
    /// Some programs take a certificate without principals for one that is good for all of them.
    #[error("cannot sign an SSH certificate without principals")]
    NoPrincipals,
    /// The library refused.
    #[error("cannot sign an SSH certificate: {0}")]
    Unwritable(String),
}

/// An authority that signs certificates.
pub struct SshCa(Ed25519KeyPair);

impl SshCa {
    /// Generates a key in PKCS#8 form.
    pub fn generate() -> Result<Zeroizing<Vec<u8>>, KeyError> {
        SigningKey::generate(Algorithm::EdDsa)
    }

    /// Parses a key from PKCS#8.
    pub fn from_pkcs8(pkcs8: &[u8]) -> Result<Self, KeyError> {
        Ed25519KeyPair::from_pkcs8(pkcs8).map(Self).map_err(|_| KeyError::Malformed)
    }

    /// Its public key.
    pub fn public_key(&self) -> SshCaPublicKey {
        let bytes = self.0.public_key().as_ref().try_into();
        SshCaPublicKey(bytes.expect("a public key of Ed25519 has 32 bytes"))
    }

    /// Signs a certificate. Returns its line, as in a file `…-cert.pub`.
    pub fn sign(&self, template: &SshTemplate) -> Result<String, SshSignFault> {
        if template.principals.is_empty() {
            return Err(SshSignFault::NoPrincipals);
        }
        self.build(template).map_err(|error| SshSignFault::Unwritable(error.to_string()))
    }

    fn build(&self, template: &SshTemplate) -> ssh_key::Result<String> {
        let SshTemplate { kind, public_key, serial, key_id, principals, .. } = template;
        let (after, before) = (template.valid_after, template.valid_before);
        let mut builder = Builder::new(template.nonce, public_key.data().clone(), after, before)?;
        builder.serial(*serial)?.key_id(key_id)?.comment(key_id)?;
        for principal in principals {
            builder.valid_principal(principal)?;
        }
        match kind {
            SshCertificateKind::Host => builder.cert_type(CertType::Host)?,
            SshCertificateKind::User => {
                for extension in EXTENSIONS {
                    builder.extension(extension, "")?;
                }
                builder.cert_type(CertType::User)?
            }
        };
        builder.sign(self)?.to_openssh()
    }
}

impl signature::Signer<Signature> for SshCa {
    fn try_sign(&self, message: &[u8]) -> Result<Signature, signature::Error> {
        let signature = self.0.sign(message).as_ref().to_vec();
        Signature::new(SshAlgorithm::Ed25519, signature).map_err(|_| signature::Error::new())
    }
}

impl From<&SshCa> for KeyData {
    fn from(ca: &SshCa) -> Self {
        ca.public_key().data()
    }
}

impl fmt::Debug for SshCa {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SshCa(…)")
    }
}

/// The public key of an authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SshCaPublicKey([u8; 32]);

impl SshCaPublicKey {
    /// Reads the raw bytes. `None` unless they are 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its line, as in a file `….pub`.
    pub fn line(&self, comment: &str) -> String {
        let line = PublicKey::new(self.data(), comment).to_openssh();
        line.expect("a public key of Ed25519 can be written")
    }

    /// Its fingerprint, such as `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        self.data().fingerprint(ssh_key::HashAlg::Sha256).to_string()
    }

    /// Its bytes on the wire (RFC 8709 §4).
    pub(super) fn blob(&self) -> Vec<u8> {
        let blob = PublicKey::new(self.data(), "").to_bytes();
        blob.expect("a public key of Ed25519 can be written")
    }

    fn data(&self) -> KeyData {
        KeyData::Ed25519(Ed25519PublicKey(self.0))
    }
}
