//! Opaque bearer values: codes, refresh tokens, session cookies, ids of WebAuthn ceremonies and
//! interactions.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::{Digest, MasterKey, Rng, Secret};

const LENGTH: usize = 16 + 32;
/// Purpose of the HMAC that makes a successor.
const SUCCESSOR: &str = "bearer-successor";

/// A row's id and 32 random bytes, encoded as one text.
///
/// The row is looked up by its time-ordered id and then checked by the digest of the whole text. So
/// no index over random values is needed, and the comparison is constant-time.
#[derive(Debug, Clone)]
pub struct BearerToken {
    id: Uuid,
    text: Secret,
}

impl BearerToken {
    /// Generates a new value for the row `id`. `prefix` shows the kind of a leaked value.
    pub fn generate(prefix: &str, id: Uuid, rng: &dyn Rng) -> Self {
        Self::from_parts(prefix, id, rng.bytes())
    }

    /// Returns the value that replaces this one, for the same row. It is always the same, and
    /// cannot be computed without the key.
    pub fn successor(&self, prefix: &str, key: &MasterKey) -> Self {
        Self::from_parts(prefix, self.id, key.mac(SUCCESSOR, self.text.expose().as_bytes()))
    }

    fn from_parts(prefix: &str, id: Uuid, secret: [u8; 32]) -> Self {
        let bytes = [id.as_bytes().as_slice(), &secret].concat();
        let text = format!("{prefix}{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
        Self { id, text: Secret::new(text) }
    }

    /// Reads a value from outside; `None` when it cannot be one of ours.
    pub fn parse(prefix: &str, text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(prefix)?;
        // Check the length before decoding: input from outside may be arbitrarily long.
        if encoded.len() != LENGTH / 3 * 4 {
            return None;
        }
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(encoded).ok()?;
        let id = Uuid::from_slice(bytes.get(..16)?).ok()?;
        Some(Self { id, text: Secret::new(text) })
    }

    /// The id of its row.
    pub fn id(&self) -> Uuid {
        self.id
    }

    /// The digest, as stored.
    pub fn digest(&self) -> Digest {
        Digest::of(self.text.expose())
    }

    /// The plain text, for its holder.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRng;

    #[test]
    fn a_bearer_token_survives_the_wire() {
        let rng: &dyn Rng = &SystemRng::new();
        let token = BearerToken::generate("pocket_id_rt_", rng.uuid_v7(1), rng);
        let read = BearerToken::parse("pocket_id_rt_", token.expose()).unwrap();
        assert_eq!(read.id(), token.id());
        assert!(read.digest().constant_time_eq(&token.digest()));
    }

    #[test]
    fn a_successor_is_always_the_same_and_of_the_same_row() {
        let rng: &dyn Rng = &SystemRng::new();
        let key = MasterKey::derive(b"a key of sixteen or more");
        let token = BearerToken::generate("a_", rng.uuid_v7(1), rng);
        let successor = token.successor("a_", &key);
        assert_eq!(successor.id(), token.id());
        assert_eq!(successor.expose(), token.successor("a_", &key).expose());
        assert_ne!(successor.expose(), token.expose());
        let other_key = MasterKey::derive(b"another key");
        assert_ne!(successor.expose(), token.successor("a_", &other_key).expose());
        assert!(BearerToken::parse("a_", successor.expose()).is_some());
    }

    #[test]
    fn what_is_not_ours_is_refused() {
        let rng: &dyn Rng = &SystemRng::new();
        let token = BearerToken::generate("a_", rng.uuid_v7(1), rng);
        let longer = format!("{}A", token.expose());
        for text in ["", "a_", "a_short", &longer, &token.expose().replace("a_", "b_"), "a_\0"] {
            assert!(BearerToken::parse("a_", text).is_none(), "{text:?}");
        }
    }
}
