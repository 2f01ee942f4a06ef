//! Keys of users, made for one certificate.

use std::fmt;

use ring::signature::{Ed25519KeyPair as RingKeyPair, KeyPair as _};
use ssh_key::{
    LineEnding, PrivateKey, PublicKey,
    private::{Ed25519Keypair, Ed25519PrivateKey, KeypairData},
    public::{Ed25519PublicKey, KeyData},
};
use zeroize::Zeroizing;

use super::{SshCertificate, SshPublicKey, agent, wire::put_string};
use crate::crypto::Rng;

/// The type of a certificate for such a key (PROTOCOL.certkeys).
const CERTIFICATE: &[u8] = b"ssh-ed25519-cert-v01@openssh.com";

/// An Ed25519 key pair.
pub struct SshKeyPair {
    seed: Zeroizing<[u8; 32]>,
    public: [u8; 32],
}

impl SshKeyPair {
    /// Generates a key pair.
    pub fn generate(rng: &dyn Rng) -> Self {
        let seed = Zeroizing::new(rng.bytes::<32>());
        let pair = RingKeyPair::from_seed_unchecked(seed.as_ref());
        let pair = pair.expect("a seed of Ed25519 has 32 bytes");
        let public = pair.public_key().as_ref().try_into();
        Self { seed, public: public.expect("a public key of Ed25519 has 32 bytes") }
    }

    /// Its public key.
    pub fn public_key(&self) -> SshPublicKey {
        let key = PublicKey::new(KeyData::Ed25519(Ed25519PublicKey(self.public)), "");
        let line = key.to_openssh().expect("a public key of Ed25519 can be written");
        line.parse().expect("a public key that was just written")
    }

    /// The message that gives the key and its certificate to an agent, for a time
    /// (`SSH_AGENTC_ADD_ID_CONSTRAINED`).
    pub fn agent_message(
        &self,
        certificate: &SshCertificate,
        comment: &str,
        seconds: u32,
    ) -> Zeroizing<Vec<u8>> {
        // Long enough that it is never moved, which would leave a copy behind.
        let mut body = Zeroizing::new(Vec::with_capacity(certificate.blob.len() + 512));
        body.push(agent::ADD_ID_CONSTRAINED);
        put_string(&mut body, CERTIFICATE);
        put_string(&mut body, &certificate.blob);
        put_string(&mut body, &self.public);
        let private = Zeroizing::new([*self.seed, self.public].concat());
        put_string(&mut body, &private);
        put_string(&mut body, comment.as_bytes());
        body.push(agent::CONSTRAIN_LIFETIME);
        body.extend(seconds.to_be_bytes());
        body
    }

    /// The private key as a file that `ssh` reads.
    pub fn private_file(&self, comment: &str) -> Zeroizing<String> {
        let pair = Ed25519Keypair {
            public: Ed25519PublicKey(self.public),
            private: Ed25519PrivateKey::from_bytes(&self.seed),
        };
        let key = PrivateKey::new(KeypairData::Ed25519(pair), comment);
        let file = key.and_then(|key| key.to_openssh(LineEnding::LF));
        file.expect("a private key of Ed25519 can be written")
    }
}

/// The public parts of a file with a private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrivateKeyFile {
    /// Its comment.
    pub comment: String,
    /// Its public key.
    pub public_key: SshPublicKey,
}

impl PrivateKeyFile {
    /// Reads a file as `ssh` does. `None` for one under a passphrase, and for anything else.
    pub fn read(text: &str) -> Option<Self> {
        let key = PrivateKey::from_openssh(text).ok().filter(|key| !key.is_encrypted())?;
        let comment = key.comment().to_owned();
        let line = PublicKey::new(key.public_key().key_data().clone(), "").to_openssh().ok()?;
        Some(Self { comment, public_key: line.parse().ok()? })
    }
}

impl fmt::Debug for SshKeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SshKeyPair(…)")
    }
}
