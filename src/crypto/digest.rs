//! SHA-256 digests, the only form in which a bearer value is stored.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ring::digest::{Context, SHA256, digest};
use subtle::ConstantTimeEq;

/// The SHA-256 digest of a bearer value.
///
/// A fast hash without salt is enough: the hashed values have at least 95 random bits. Codes that
/// people type have fewer; they use an HMAC (`code_key.rs`).
#[derive(Debug, Clone, Copy)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Hashes a value.
    pub fn of(value: impl AsRef<[u8]>) -> Self {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(digest(&SHA256, value.as_ref()).as_ref());
        Self(bytes)
    }

    /// Reads a stored digest; `None` when it is not 32 bytes.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// Reads a digest in hexadecimal.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks(2)) {
            let digit =
                |c: u8| char::from(c).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
        }
        Some(Self(bytes))
    }

    /// The whole digest in hexadecimal, as `sha256sum` prints it.
    pub fn hex(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The 32 bytes, as stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Compares in constant time.
    pub fn constant_time_eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }

    /// The whole digest in base64url: the S256 transformation of RFC 7636 §4.2.
    pub fn base64url(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0)
    }
}

/// Computes a digest piece by piece.
#[derive(Clone)]
pub struct Digesting(Context);

impl Digesting {
    /// Starts with no input.
    pub fn new() -> Self {
        Self(Context::new(&SHA256))
    }

    /// Adds the next piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    /// Returns the digest of all pieces.
    pub fn finish(self) -> Digest {
        let mut bytes = [0; 32];
        bytes.copy_from_slice(self.0.finish().as_ref());
        Digest(bytes)
    }
}

impl Default for Digesting {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for Digesting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digesting")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_other_values_differ() {
        assert!(Digest::of("a").constant_time_eq(&Digest::of("a")));
        assert!(!Digest::of("a").constant_time_eq(&Digest::of("b")));
    }

    #[test]
    fn pieces_have_the_digest_of_the_whole() {
        let mut pieces = Digesting::new();
        pieces.update(b"a");
        pieces.update(b"bc");
        let digest = pieces.finish();
        assert!(digest.constant_time_eq(&Digest::of("abc")));
        // FIPS 180-2, appendix B.1
        assert!(digest.hex().starts_with("ba7816bf8f01cfea414140de5dae2223"));
    }

    #[test]
    fn a_digest_of_another_length_is_refused() {
        assert!(Digest::from_slice(&[0; 31]).is_none());
        assert!(Digest::from_hex("00").is_none());
    }

    #[test]
    fn a_digest_is_read_from_hexadecimal() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert!(Digest::from_hex(empty).unwrap().constant_time_eq(&Digest::of("")));
        assert!(Digest::from_hex(&empty.replace('e', "g")).is_none());
        assert!(Digest::from_hex(&empty.replace("e3", "é")).is_none());
    }
}
