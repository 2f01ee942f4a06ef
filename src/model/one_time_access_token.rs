//! One-time access tokens: the codes behind one-time links (Pocket ID 2.14).

use crate::crypto::{Digest, Rng, Secret, rng::TYPABLE};

/// Fifteen minutes in seconds: up to here a short code will do.
const SHORT_LIVED: i64 = 900;
const SHORT: usize = 6;
const LONG: usize = 12;

/// A code that signs in once.
#[derive(Debug, Clone)]
pub struct OneTimeAccessToken(Secret);

impl OneTimeAccessToken {
    /// Makes a code for a life of so many seconds. One that lives longer is longer.
    pub fn generate(seconds: i64, rng: &dyn Rng) -> Self {
        let length = if seconds <= SHORT_LIVED { SHORT } else { LONG };
        Self(rng.text(TYPABLE, length))
    }

    /// What is stored.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.expose())
    }

    /// What the user is given.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The digest of what somebody typed, whose eyes took one letter for another. `None` when it
    /// cannot be a code.
    pub fn digest_of_typed(typed: &str) -> Option<Digest> {
        let read_alike = |c: char| match c {
            'I' | 'i' => '1',
            'O' | 'o' => '0',
            c => c,
        };
        let code: String = typed.trim().chars().map(read_alike).collect();
        matches!(code.len(), SHORT | LONG).then(|| Digest::of(code))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRng;

    #[test]
    fn a_code_is_as_long_as_its_life() {
        let rng: &dyn Rng = &SystemRng::new();
        assert_eq!(OneTimeAccessToken::generate(900, rng).expose().len(), 6);
        assert_eq!(OneTimeAccessToken::generate(901, rng).expose().len(), 12);
    }

    #[test]
    fn letters_that_look_like_digits_are_read_as_digits() {
        let digest = OneTimeAccessToken::digest_of_typed(" aOIoi2").unwrap();
        assert!(digest.constant_time_eq(&Digest::of("a01012")));
        assert!(OneTimeAccessToken::digest_of_typed("short").is_none());
    }
}
