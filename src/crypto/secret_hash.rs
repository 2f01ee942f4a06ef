//! The stored hash of a client secret.

use super::{Digest, Secret};

/// Highest bcrypt cost that we import: about a second of work per check.
const MAX_COST: u32 = 14;
/// Longest secret that bcrypt hashes, in bytes.
const MAX_BCRYPT: usize = 72;

/// The stored form of a client secret.
#[derive(Debug, Clone)]
pub enum SecretHash {
    /// A SHA-256 digest: our own form.
    Sha256(Digest),
    /// From Pocket ID before version 2.14; replaced when the secret is first used here.
    Bcrypt(BcryptHash),
}

/// A bcrypt hash in its text form.
#[derive(Debug, Clone)]
pub struct BcryptHash(String);

impl BcryptHash {
    /// Reads a hash; `None` when it is malformed or its cost is too high.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('$').skip(1);
        let (version, cost, rest) = (parts.next()?, parts.next()?, parts.next()?);
        let is_whole = parts.next().is_none()
            && matches!(version, "2a" | "2b" | "2y")
            && cost.len() == 2
            && cost.bytes().all(|byte| byte.is_ascii_digit())
            && cost.parse::<u32>().is_ok_and(|cost| (4..=MAX_COST).contains(&cost))
            && rest.len() == 53
            && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"./".contains(&byte));
        is_whole.then(|| Self(text.to_owned()))
    }

    /// The text form, as stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the hash of this secret. Takes tens of milliseconds: not for an async thread.
    pub fn is_of(&self, secret: &Secret) -> bool {
        let secret = secret.expose();
        secret.len() <= MAX_BCRYPT && bcrypt::verify(secret, &self.0).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_of_bcrypt_is_of_one_secret() {
        let hash = bcrypt::hash_with_salt("secret", 4, [7; 16]).unwrap().to_string();
        let hash = BcryptHash::parse(&hash).unwrap();
        assert!(hash.is_of(&Secret::new("secret")));
        for other in ["Secret", "", "secret ", &"s".repeat(100)] {
            assert!(!hash.is_of(&Secret::new(other)), "{other}");
        }
        // bcrypt reads only 72 bytes: a longer secret must not match the hash of its start.
        let long = "s".repeat(72);
        let hash = bcrypt::hash_with_salt(&long, 4, [7; 16]).unwrap().to_string();
        let hash = BcryptHash::parse(&hash).unwrap();
        assert!(hash.is_of(&Secret::new(long.as_str())));
        assert!(!hash.is_of(&Secret::new(format!("{long}x"))));
    }

    #[test]
    fn what_is_no_hash_or_takes_too_long_is_refused() {
        let rest = "a".repeat(53);
        assert!(BcryptHash::parse(&format!("$2a$10${rest}")).is_some());
        for text in [
            String::new(),
            rest.clone(),
            format!("$2a$15${rest}"),
            format!("$2a$31${rest}"),
            format!("$1$10${rest}"),
            format!("$2a$10${rest}a"),
            format!("$2a$+9${rest}"),
            format!("$2a$10${}ä", &rest[..51]),
        ] {
            assert!(BcryptHash::parse(&text).is_none(), "{text}");
        }
    }
}
