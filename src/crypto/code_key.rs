//! Digests of codes that people type.
//!
//! Such a code is short, so trying all codes would find the one behind a plain digest. So we store
//! an HMAC under a key derived from `ENCRYPTION_KEY`: without that key, a copy of the database
//! reveals no codes.

use std::fmt;

use ring::{
    hkdf::Prk,
    hmac::{HMAC_SHA256, Key, sign},
};

use super::Digest;

const INFO: &[u8] = b"pocketid/codes/v1";

/// The purpose of a code. A code stored for one purpose does not match for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeKind {
    /// Signs in on a device that displays it.
    DeviceLogin,
    /// Signs a user in once.
    OneTimeAccess,
    /// The user code of the device flow (RFC 8628 §6.1).
    UserCode,
}

impl CodeKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::DeviceLogin, Self::OneTimeAccess, Self::UserCode];

    /// Label in the HMAC input. Never changes: stored digests would no longer match.
    fn label(self) -> &'static str {
        match self {
            Self::DeviceLogin => "device-login",
            Self::OneTimeAccess => "one-time-access",
            Self::UserCode => "user-code",
        }
    }
}

/// The stored form of a code: its HMAC.
#[derive(Debug, Clone, Copy)]
pub struct CodeDigest(Digest);

impl CodeDigest {
    /// The 32 bytes, as stored.
    pub fn as_digest(&self) -> &Digest {
        &self.0
    }
}

/// The key for the HMACs of codes, derived from `ENCRYPTION_KEY`.
#[derive(Clone)]
pub struct CodeKey(Key);

impl CodeKey {
    pub(super) fn derive(pseudo_random_key: &Prk) -> Self {
        let okm = pseudo_random_key.expand(&[INFO], HMAC_SHA256);
        Self(Key::from(okm.expect("32 bytes are within HKDF's limit")))
    }

    /// Returns the stored form of a code.
    pub fn digest(&self, kind: CodeKind, code: &str) -> CodeDigest {
        self.of_plain(kind, &Digest::of(code))
    }

    /// Returns the stored form of a code from its plain SHA-256 digest, which version 0.1.0 stored.
    pub fn of_plain(&self, kind: CodeKind, plain: &Digest) -> CodeDigest {
        // The digest always has 32 bytes, so no two labels can lead to the same message.
        let message = [kind.label().as_bytes(), plain.as_bytes()].concat();
        let tag = sign(&self.0, &message);
        CodeDigest(Digest::from_slice(tag.as_ref()).expect("HMAC-SHA-256 gives 32 bytes"))
    }
}

impl fmt::Debug for CodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::MasterKey;

    fn hex(encryption_key: &[u8], kind: CodeKind, code: &str) -> String {
        MasterKey::derive(encryption_key).codes().digest(kind, code).as_digest().hex()
    }

    #[test]
    fn the_digest_of_a_code_depends_on_the_key_and_on_its_purpose() {
        let (key, kind) = (b"a key of sixteen or more", CodeKind::OneTimeAccess);
        let digest = hex(key, kind, "abc234");
        assert_eq!(digest, hex(key, kind, "abc234"));
        assert_ne!(digest, hex(b"another key", kind, "abc234"));
        assert_ne!(digest, hex(key, CodeKind::UserCode, "abc234"));
        assert_ne!(digest, hex(key, kind, "abc235"));
        assert_ne!(digest, Digest::of("abc234").hex());
    }

    #[test]
    fn a_plain_digest_leads_to_what_is_stored_of_its_code() {
        let master_key = MasterKey::derive(b"a key of sixteen or more");
        for kind in CodeKind::ALL {
            let stored = master_key.codes().digest(kind, "abc234");
            let upgraded = master_key.codes().of_plain(kind, &Digest::of("abc234"));
            assert!(stored.as_digest().constant_time_eq(upgraded.as_digest()));
        }
    }

    #[test]
    fn the_key_is_not_printed() {
        assert_eq!(format!("{:?}", MasterKey::derive(b"a key").codes()), "CodeKey(…)");
    }
}
