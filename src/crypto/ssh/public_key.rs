//! Public keys to certify.

use std::{fmt, str::FromStr};

use ssh_key::{HashAlg, PublicKey, public::KeyData};

/// The longest line of a key, in bytes: RSA with 16,384 bits has 2,800.
const MAX_LINE: usize = 8 * 1024;
/// The shortest and the longest RSA key, in bits. Hosts refuse shorter ones as well (OpenSSH: 1,024),
/// and longer ones cost them too much.
const RSA_BITS: std::ops::RangeInclusive<usize> = 2_048..=16_384;
/// The end of the names of certificates (PROTOCOL.certkeys).
const CERTIFICATE: &str = "-cert-v01@openssh.com";

/// Why a key is not certified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SshKeyFault {
    /// It is of another type.
    #[error("is of a type that is not certified; use ssh-ed25519, sk-ssh-ed25519 or RSA")]
    Algorithm,
    /// It is a certificate.
    #[error("is a certificate; send the public key that it belongs to")]
    Certificate,
    /// It is not a key.
    #[error("is not a line with a public key, such as ssh-ed25519 AAAA…")]
    Malformed,
    /// It is a private key, which must stay with its owner.
    #[error(
        "is a private key, which must not leave its machine; make a new one, and send its .pub file"
    )]
    Private,
    /// It is an RSA key of a bad length.
    #[error("is an RSA key of fewer than 2,048 or more than 16,384 bits")]
    Weak,
}

/// A public key, as in a file `….pub`, without its comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SshPublicKey(KeyData);

impl SshPublicKey {
    /// Its fingerprint, such as `SHA256:…`.
    pub fn fingerprint(&self) -> String {
        self.0.fingerprint(HashAlg::Sha256).to_string()
    }

    pub(super) fn data(&self) -> &KeyData {
        &self.0
    }
}

impl FromStr for SshPublicKey {
    type Err = SshKeyFault;

    fn from_str(text: &str) -> Result<Self, SshKeyFault> {
        if text.contains("PRIVATE KEY") {
            return Err(SshKeyFault::Private);
        }
        let line = text.trim();
        if line.len() > MAX_LINE || line.contains(|c: char| c.is_control()) {
            return Err(SshKeyFault::Malformed);
        }
        if line.split(' ').next().is_some_and(|name| name.ends_with(CERTIFICATE)) {
            return Err(SshKeyFault::Certificate);
        }
        let key = PublicKey::from_openssh(line).map_err(|error| match error {
            ssh_key::Error::AlgorithmUnknown => SshKeyFault::Algorithm,
            _ => SshKeyFault::Malformed,
        })?;
        match key.key_data() {
            KeyData::Ed25519(_) | KeyData::SkEd25519(_) => {}
            KeyData::Rsa(rsa) => {
                let bits = rsa.n.as_positive_bytes().map_or(0, bits);
                if !RSA_BITS.contains(&bits) {
                    return Err(SshKeyFault::Weak);
                }
            }
            _ => return Err(SshKeyFault::Algorithm),
        }
        Ok(Self(key.key_data().clone()))
    }
}

/// The length of a number without leading zeros.
fn bits(bytes: &[u8]) -> usize {
    let zeros = bytes.first().map_or(0, |first| first.leading_zeros() as usize);
    (bytes.len() * 8).saturating_sub(zeros)
}

impl fmt::Display for SshPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let line = PublicKey::new(self.0.clone(), "").to_openssh().map_err(|_| fmt::Error)?;
        f.write_str(line.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Made with `ssh-keygen` of OpenSSH 9.2.
    const ED25519: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB7Q4/nq6OHnGZ3W7cQ5hG5yY0cFf2pF2pQYd5o1L8VT me@laptop";

    fn fault(text: &str) -> SshKeyFault {
        text.parse::<SshPublicKey>().unwrap_err()
    }

    #[test]
    fn a_key_is_read_without_its_comment() {
        let key: SshPublicKey = ED25519.parse().unwrap();
        assert_eq!(key.to_string(), ED25519.trim_end_matches(" me@laptop"));
        assert_eq!(format!(" {ED25519}\n").parse::<SshPublicKey>().unwrap(), key);
        assert!(key.fingerprint().starts_with("SHA256:"));
    }

    #[test]
    fn anything_but_one_public_key_is_refused() {
        for text in [
            "",
            "ssh-ed25519",
            "ssh-ed25519 AAAA",
            "ssh-ed25519 !!!!",
            &format!("{ED25519}\n{ED25519}"),
            &format!("command=\"id\" {ED25519}"),
            &format!("{}{}", "a".repeat(9_000), ED25519),
        ] {
            assert_eq!(fault(text), SshKeyFault::Malformed, "{text}");
        }
        let private =
            "-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----";
        assert_eq!(fault(private), SshKeyFault::Private);
        let certificate = "ssh-ed25519-cert-v01@openssh.com AAAA";
        assert_eq!(fault(certificate), SshKeyFault::Certificate);
    }
}
