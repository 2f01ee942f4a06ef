//! Device codes and user codes: signing in on a device without a browser (RFC 8628).

use super::{ClientId, Scope, Timestamp};
use crate::crypto::{CodeDigest, CodeKey, CodeKind, Rng, Secret};

/// Capital letters without `I L O`, and digits (Pocket ID 2.14).
const ALPHABET: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ0123456789";
/// Distinguishes it from other codes that people type.
const PREFIX: char = 'E';
/// Random characters: 35 bits, enough for 15 minutes with a few guesses per minute.
const LENGTH: usize = 7;

/// The code that a device shows and its user types (RFC 8628 §6.1).
#[derive(Debug, Clone)]
pub struct UserCode(Secret);

impl UserCode {
    /// Generates a code.
    pub fn generate(rng: &dyn Rng) -> Self {
        Self(draw(PREFIX, rng))
    }

    /// Reads a typed code. Ignores case, spaces and dashes, and corrects letters typed for digits.
    /// `None` when it cannot be a code.
    pub fn from_typed(typed: &str) -> Option<Self> {
        read_typed(PREFIX, typed).map(Self)
    }

    /// The digest, as stored.
    pub fn digest(&self, key: &CodeKey) -> CodeDigest {
        key.digest(CodeKind::UserCode, self.0.expose())
    }

    /// The plain code, for the device to show.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }
}

/// Generates a code for people to type.
pub(super) fn draw(prefix: char, rng: &dyn Rng) -> Secret {
    Secret::new(format!("{prefix}{}", rng.text(ALPHABET, LENGTH).expose()))
}

/// Reads a code with this prefix.
pub(super) fn read_typed(prefix: char, typed: &str) -> Option<Secret> {
    let code: String = typed.chars().filter(|c| !is_separator(*c)).map(read_alike).collect();
    let drawn = code.strip_prefix(prefix)?;
    let is_code = drawn.len() == LENGTH && drawn.bytes().all(|byte| ALPHABET.contains(&byte));
    is_code.then(|| Secret::new(code))
}

fn is_separator(c: char) -> bool {
    c.is_whitespace() || c == '-'
}

fn read_alike(c: char) -> char {
    match c.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        c => c,
    }
}

/// The state of a device authorization.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeviceCodeStatus {
    /// The user allowed it; its grant has the same id.
    Approved,
    /// The client received its tokens.
    Consumed,
    /// The user refused.
    Denied,
    /// The user has not answered.
    Pending,
}

impl DeviceCodeStatus {
    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Consumed => "consumed",
            Self::Denied => "denied",
            Self::Pending => "pending",
        }
    }

    /// Reads the name in the database.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [Self::Approved, Self::Consumed, Self::Denied, Self::Pending];
        all.into_iter().find(|status| status.as_str() == text)
    }
}

/// A device authorization request and its state.
#[derive(Debug, Clone)]
pub struct DeviceCode {
    /// Its id; its grant will have the same id.
    pub id: super::GrantId,
    /// The client that sent the request.
    pub client_id: ClientId,
    /// The requested scope.
    pub scope: Scope,
    /// The API for the access tokens (RFC 8707).
    pub resource: Option<super::Resource>,
    /// The address of the device, shown to the user.
    pub ip_address: String,
    /// Its state.
    pub status: DeviceCodeStatus,
    /// Seconds that the client must wait between two polls.
    pub interval_seconds: i64,
    /// When the client last polled.
    pub polled_at: Option<Timestamp>,
    /// When the request was sent.
    pub requested_at: Timestamp,
    /// When it expires.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::SystemRng;

    /// RFC 8628 §6.1: separators, case and misread letters do not matter.
    #[test]
    fn a_user_code_is_read_as_people_type_it() {
        for typed in ["E0123ABC", " e0123abc ", "EOI23-abc", "eol2 3a bc", "E\u{a0}0123ABC"] {
            assert_eq!(UserCode::from_typed(typed).unwrap().expose(), "E0123ABC", "{typed}");
        }
        for typed in ["", "E", "E0123AB", "E0123ABCD", "P0123ABC", "E0123AB\u{c4}", "E0123AB_"] {
            assert!(UserCode::from_typed(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn a_new_user_code_is_read_as_itself() {
        for _ in 0..100 {
            let code = UserCode::generate(&SystemRng::new());
            let typed = UserCode::from_typed(code.expose()).unwrap();
            assert_eq!(typed.expose(), code.expose());
        }
    }
}
