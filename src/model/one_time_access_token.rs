//! One-time access tokens: the codes in one-time links (Pocket ID 2.14).

use crate::crypto::{CodeDigest, CodeKey, CodeKind, Rng, Secret, rng::TYPABLE};

/// Longest lifetime of a short code: 15 minutes, in seconds.
const SHORT_LIVED: i64 = 900;
const SHORT: usize = 6;
const LONG: usize = 12;

/// A code that signs a user in once.
#[derive(Debug, Clone)]
pub struct OneTimeAccessToken(Secret);

impl OneTimeAccessToken {
    /// Generates a code with this lifetime in seconds. A long-lived code has more characters.
    pub fn generate(seconds: i64, rng: &dyn Rng) -> Self {
        let length = if seconds <= SHORT_LIVED { SHORT } else { LONG };
        Self(rng.text(TYPABLE, length))
    }

    /// The digest, as stored.
    pub fn digest(&self, key: &CodeKey) -> CodeDigest {
        key.digest(CodeKind::OneTimeAccess, self.0.expose())
    }

    /// The plain code, for the user.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether it is short enough to be guessed with unlimited tries.
    pub fn is_short(&self) -> bool {
        self.0.expose().len() < LONG
    }

    /// Reads a typed code and corrects letters typed for digits. `None` when it cannot be a code.
    pub fn from_typed(typed: &str) -> Option<Self> {
        let read_alike = |c: char| match c {
            'I' | 'i' => '1',
            'O' | 'o' => '0',
            c => c,
        };
        let code: String = typed.trim().chars().map(read_alike).collect();
        matches!(code.len(), SHORT | LONG).then(|| Self(Secret::new(code)))
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
        let code = OneTimeAccessToken::from_typed(" aOIoi2").unwrap();
        assert_eq!(code.expose(), "a01012");
        assert!(OneTimeAccessToken::from_typed("short").is_none());
    }
}
