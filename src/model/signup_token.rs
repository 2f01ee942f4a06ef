//! Sign-up tokens: invitations to create an account (Pocket ID 2.14).

use super::{SignupTokenId, Timestamp};
use crate::crypto::{Digest, Rng, Secret, rng::ALPHANUMERIC};

/// Length of a token, in characters (Pocket ID 2.14).
const LENGTH: usize = 16;
/// Longest text that is looked up. Imported tokens may have other lengths.
const MAX_LENGTH: usize = 128;

/// An invitation. Its token is stored as a digest and in sealed form.
#[derive(Debug, Clone)]
pub struct SignupToken {
    /// Its id.
    pub id: SignupTokenId,
    /// How many accounts can be created with it.
    pub usage_limit: i64,
    /// How many accounts were created with it.
    pub usage_count: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
    /// The token, sealed under the encryption key. `None` for invitations older than this field,
    /// and after the key was lost.
    pub sealed_token: Option<Vec<u8>>,
}

impl SignupToken {
    /// Most accounts for one invitation.
    pub const MAX_USES: i64 = 100;

    /// Generates a token.
    pub fn draw(rng: &dyn Rng) -> Secret {
        rng.text(ALPHANUMERIC, LENGTH)
    }

    /// Returns the digest of a token from a request; `None` when it cannot be a token.
    pub fn digest_of_given(given: &str) -> Option<Digest> {
        let can_be = !given.is_empty()
            && given.len() <= MAX_LENGTH
            && given.bytes().all(|byte| byte.is_ascii_graphic());
        can_be.then(|| Digest::of(given))
    }

    /// Whether all its accounts were created.
    pub fn is_used_up(&self) -> bool {
        self.usage_count >= self.usage_limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRng;

    #[test]
    fn what_cannot_be_a_token_is_not_looked_up() {
        let token = SignupToken::draw(&SystemRng::new());
        assert_eq!(token.expose().len(), 16);
        assert!(SignupToken::digest_of_given(token.expose()).is_some());
        for given in ["", "a b", "a\0b", "ü", &"x".repeat(129)] {
            assert!(SignupToken::digest_of_given(given).is_none(), "{given:?}");
        }
    }
}
