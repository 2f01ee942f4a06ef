//! Encryption at rest under `ENCRYPTION_KEY`, for secrets that must be read back (signing keys,
//! mail passwords), and HMACs under it.
//!
//! Uses AES-256-GCM and HMAC-SHA-256 with keys that HKDF-SHA-256 derives from `ENCRYPTION_KEY`. The
//! place and the row are the associated data, so a sealed value cannot be moved to another place or
//! row.

use std::fmt;

use ring::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hkdf::{HKDF_SHA256, Salt},
    hmac::{self, HMAC_SHA256},
};
use zeroize::Zeroizing;

use super::{CodeKey, Rng, Secret};

const SEAL_INFO: &[u8] = b"pocketid/seal/v1";
const MAC_INFO: &[u8] = b"pocketid/mac/v1";

/// The value cannot be decrypted: it was sealed under another key, altered or moved.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("cannot decrypt a sealed value: it was encrypted with another key, or altered")]
pub struct SealError;

/// Declares the places and their names.
macro_rules! sealed_places {
    ($($(#[$doc:meta])* $place:ident = $name:literal,)+) => {
        /// A table column that holds sealed values. Sealing requires one of these places, and
        /// `store/sealed.rs` must handle each of them, so a change of the key misses none.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum SealedPlace {
            $($(#[$doc])* $place,)+
        }

        /// Where one sealed value belongs. It opens there only.
#[derive(Debug, Clone, Copy)]
pub struct SealedAt<'a> {
    place: SealedPlace,
    row: &'a str,
}

impl SealedPlace {
    /// One row of this place.
    pub fn of(self, row: &str) -> SealedAt<'_> {
        SealedAt { place: self, row }
    }

            /// Every place.
            pub const ALL: &[Self] = &[$(Self::$place),+];

            /// The table and the column. Never changes: it is associated data of the sealed values.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$place => $name,)+
                }
            }
        }
    };
}

sealed_places! {
    /// A known value, to check that the key is the right one.
    KeyCheck = "meta.key_check",
    /// Messages that wait to be sent, such as mails with codes.
    Outbox = "outbox.sealed_content",
    /// Bearer tokens of SCIM providers.
    ScimProvider = "scim_providers.sealed_token",
    /// Passwords and other secrets of the application configuration.
    Setting = "settings.sealed_value",
    /// Private signing keys.
    SigningKey = "signing_keys.sealed_pkcs8",
    /// Tokens of invitations. Lists of invitations show them again.
    SignupToken = "signup_tokens.sealed_token",
    /// Private keys of SSH certificate authorities.
    SshCaKey = "ssh_ca_keys.sealed_pkcs8",
    /// The secrets of webhooks before the current ones.
    WebhookPreviousSecret = "webhooks.sealed_previous_secret",
    /// Secrets that sign the messages of webhooks.
    WebhookSecret = "webhooks.sealed_secret",
}

/// The keys derived from `ENCRYPTION_KEY`.
#[derive(Clone)]
pub struct MasterKey {
    seal: LessSafeKey,
    mac: hmac::Key,
    codes: CodeKey,
}

impl MasterKey {
    /// Derives the keys from the bytes of `ENCRYPTION_KEY`.
    pub fn derive(encryption_key: &[u8]) -> Self {
        const WITHIN_LIMIT: &str = "32 bytes are within HKDF's limit";
        let pseudo_random_key = Salt::new(HKDF_SHA256, &[]).extract(encryption_key);
        let seal = pseudo_random_key.expand(&[SEAL_INFO], &AES_256_GCM).expect(WITHIN_LIMIT);
        let mac = pseudo_random_key.expand(&[MAC_INFO], HMAC_SHA256).expect(WITHIN_LIMIT);
        Self {
            seal: LessSafeKey::new(UnboundKey::from(seal)),
            mac: hmac::Key::from(mac),
            codes: CodeKey::derive(&pseudo_random_key),
        }
    }

    /// The key for the HMACs of codes that people type.
    pub fn codes(&self) -> &CodeKey {
        &self.codes
    }

    /// Returns the HMAC of a value for one purpose. The same value always has the same HMAC, and it
    /// cannot be computed without the key.
    pub fn mac(&self, purpose: &str, value: &[u8]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.mac);
        // No purpose contains a NUL, so two pairs of purpose and value never give the same bytes.
        context.update(purpose.as_bytes());
        context.update(&[0]);
        context.update(value);
        let mut bytes = [0; 32];
        bytes.copy_from_slice(context.sign().as_ref());
        bytes
    }

    /// Seals a value for one place and row. The result is `nonce ‖ ciphertext ‖ tag`.
    pub fn seal(&self, at: SealedAt<'_>, plaintext: &[u8], rng: &dyn Rng) -> Vec<u8> {
        let nonce = rng.bytes::<NONCE_LEN>();
        let mut body = plaintext.to_vec();
        self.seal
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                associated_data(at),
                &mut body,
            )
            .expect("the value is far below AES-GCM's limit of 64 GiB");
        [nonce.as_slice(), &body].concat()
    }

    /// Decrypts a value that was sealed for the same place and row.
    pub fn open(&self, at: SealedAt<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealError)?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = self
            .seal
            .open_in_place(Nonce::assume_unique_for_key(*nonce), associated_data(at), &mut body)
            .map_err(|_| SealError)?
            .len();
        body.truncate(length);
        Ok(body)
    }

    /// [`Self::open`] for a text. `None` when it was sealed under another key, altered or moved.
    pub fn open_text(&self, at: SealedAt<'_>, sealed: &[u8]) -> Option<Secret> {
        let bytes = self.open(at, sealed).ok()?;
        std::str::from_utf8(&bytes).ok().map(Secret::new)
    }
}

fn associated_data(SealedAt { place, row }: SealedAt<'_>) -> Aad<Vec<u8>> {
    Aad::from(format!("{}/{row}", place.as_str()).into_bytes())
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRng;

    #[test]
    fn a_sealed_value_opens_only_in_its_place_and_under_its_key() {
        let rng: &dyn Rng = &SystemRng::new();
        let key = MasterKey::derive(b"a key of sixteen or more");
        let mut sealed = key.seal(SealedPlace::SigningKey.of("a"), b"private", rng);

        assert_eq!(
            key.open(SealedPlace::SigningKey.of("a"), &sealed).unwrap().as_slice(),
            b"private"
        );
        assert!(key.open(SealedPlace::KeyCheck.of("a"), &sealed).is_err());
        assert!(key.open(SealedPlace::SigningKey.of("b"), &sealed).is_err());
        assert!(
            MasterKey::derive(b"another key")
                .open(SealedPlace::SigningKey.of("a"), &sealed)
                .is_err()
        );
        assert!(key.open(SealedPlace::SigningKey.of("a"), &sealed[..8]).is_err());
        *sealed.last_mut().unwrap() ^= 1;
        assert!(key.open(SealedPlace::SigningKey.of("a"), &sealed).is_err());
    }

    #[test]
    fn a_mac_is_of_one_key_one_purpose_and_one_value() {
        let key = MasterKey::derive(b"a key of sixteen or more");
        let mac = key.mac("a", b"value");
        assert_eq!(mac, key.mac("a", b"value"));
        for other in [
            key.mac("b", b"value"),
            key.mac("a", b"other"),
            key.mac("av", b"alue"),
            MasterKey::derive(b"another key").mac("a", b"value"),
        ] {
            assert_ne!(mac, other);
        }
    }

    #[test]
    fn sealing_twice_gives_two_values() {
        let rng: &dyn Rng = &SystemRng::new();
        let key = MasterKey::derive(b"a key of sixteen or more");
        assert_ne!(
            key.seal(SealedPlace::KeyCheck.of("a"), b"x", rng),
            key.seal(SealedPlace::KeyCheck.of("a"), b"x", rng)
        );
    }
}
