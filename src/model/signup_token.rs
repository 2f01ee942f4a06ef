//! Sign-up tokens: invitations to make an account of one's own (Pocket ID 2.14).

use super::{SignupTokenId, Timestamp};
use crate::crypto::{Digest, Rng, Secret, rng::ALPHANUMERIC};

/// How long a token is (Pocket ID 2.14).
const LENGTH: usize = 16;
/// The longest text that is looked up: imported tokens may be of another length.
const MAX_LENGTH: usize = 128;

/// What is known of an invitation. The token is stored as a digest, and sealed.
#[derive(Debug, Clone)]
pub struct SignupToken {
    /// Its id.
    pub id: SignupTokenId,
    /// How many accounts may be made with it.
    pub usage_limit: i64,
    /// How many were.
    pub usage_count: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
    /// The token under the encryption key. Nothing for those from before it was kept, and after the key was lost.
    pub sealed_token: Option<Vec<u8>>,
}

impl SignupToken {
    /// As many accounts as one may be good for.
    pub const MAX_USES: i64 = 100;

    /// Draws a token.
    pub fn draw(rng: &dyn Rng) -> Secret {
        rng.text(ALPHANUMERIC, LENGTH)
    }

    /// The digest of what somebody came with; nothing when it cannot be a token.
    pub fn digest_of_given(given: &str) -> Option<Digest> {
        let can_be = !given.is_empty()
            && given.len() <= MAX_LENGTH
            && given.bytes().all(|byte| byte.is_ascii_graphic());
        can_be.then(|| Digest::of(given))
    }

    /// Whether nobody can use it any more.
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
