//! Certificates as their holder reads them.

use ssh_key::{Certificate, certificate::CertType};

use super::SshPublicKey;

/// A certificate that a server sent. Its signature is for hosts to verify.
#[derive(Debug, Clone)]
pub struct SshCertificate {
    /// Its line, as in a file `…-cert.pub`.
    pub line: String,
    /// The key that it certifies.
    pub public_key: SshPublicKey,
    /// Its key id: the username.
    pub key_id: String,
    /// The accounts that it is good for.
    pub principals: Vec<String>,
    /// The second at which it expires.
    pub valid_before: u64,
    pub(super) blob: Vec<u8>,
}

impl SshCertificate {
    /// Reads a user certificate. `None` for anything else.
    pub fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        if line.contains(|c: char| c.is_control()) {
            return None;
        }
        let certificate = Certificate::from_openssh(line).ok()?;
        if certificate.cert_type() != CertType::User {
            return None;
        }
        let public_key = ssh_key::PublicKey::new(certificate.public_key().clone(), "");
        Some(Self {
            line: line.to_owned(),
            public_key: public_key.to_openssh().ok()?.parse().ok()?,
            key_id: certificate.key_id().to_owned(),
            principals: certificate.valid_principals().to_vec(),
            valid_before: certificate.valid_before(),
            blob: certificate.to_bytes().ok()?,
        })
    }
}
