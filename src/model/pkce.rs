//! Proof Key for Code Exchange (RFC 7636).
//!
//! The authorization request contains a challenge, and the token request the matching verifier. A
//! stolen code is useless without the verifier.

use std::{fmt, str::FromStr};

use subtle::ConstantTimeEq;

use crate::crypto::Digest;

/// How the challenge is computed from the verifier (RFC 7636 §4.2).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CodeChallengeMethod {
    /// The challenge equals the verifier. Default when the request names no method (RFC 7636 §4.3).
    #[default]
    Plain,
    /// The challenge is the SHA-256 digest of the verifier, in base64url.
    S256,
}

/// Why a PKCE parameter is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PkceError {
    #[error("code_challenge contains a character other than A-Z, a-z, 0-9, `-`, `.`, `_`, `~`")]
    ChallengeCharacter,
    #[error("code_challenge must have 43 to 128 characters")]
    ChallengeLength,
    #[error("code_challenge_method must be `S256` or `plain`")]
    UnknownMethod,
    #[error("code_verifier contains a character other than A-Z, a-z, 0-9, `-`, `.`, `_`, `~`")]
    VerifierCharacter,
    #[error("code_verifier must have 43 to 128 characters")]
    VerifierLength,
}

impl FromStr for CodeChallengeMethod {
    type Err = PkceError;

    fn from_str(name: &str) -> Result<Self, PkceError> {
        match name {
            "plain" => Ok(Self::Plain),
            "S256" => Ok(Self::S256),
            _ => Err(PkceError::UnknownMethod),
        }
    }
}

impl CodeChallengeMethod {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::S256 => "S256",
        }
    }
}

/// A `code_challenge` and its method. With `plain`, the challenge is as secret as the verifier.
#[derive(Clone)]
pub struct CodeChallenge {
    method: CodeChallengeMethod,
    value: String,
}

impl CodeChallenge {
    /// Checks the format of a challenge (RFC 7636 §4.2).
    pub fn new(method: CodeChallengeMethod, value: &str) -> Result<Self, PkceError> {
        match Form::of(value) {
            Form::Valid => Ok(Self { method, value: value.to_owned() }),
            Form::WrongCharacter => Err(PkceError::ChallengeCharacter),
            Form::WrongLength => Err(PkceError::ChallengeLength),
        }
    }

    /// How it was computed from the verifier.
    pub fn method(&self) -> CodeChallengeMethod {
        self.method
    }

    /// The challenge as the client sent it.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Whether the challenge was computed from `verifier` (RFC 7636 §4.6). Compares in constant
    /// time.
    pub fn is_answered_by(&self, verifier: &CodeVerifier) -> bool {
        let is_value = |expected: &str| self.value.as_bytes().ct_eq(expected.as_bytes()).into();
        match self.method {
            CodeChallengeMethod::Plain => is_value(&verifier.0),
            CodeChallengeMethod::S256 => is_value(&Digest::of(&verifier.0).base64url()),
        }
    }
}

impl fmt::Debug for CodeChallenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CodeChallenge").field("method", &self.method).finish_non_exhaustive()
    }
}

/// A `code_verifier`: the secret that a challenge is computed from.
#[derive(Clone)]
pub struct CodeVerifier(String);

impl FromStr for CodeVerifier {
    type Err = PkceError;

    /// Checks the format of a verifier (RFC 7636 §4.1).
    fn from_str(value: &str) -> Result<Self, PkceError> {
        match Form::of(value) {
            Form::Valid => Ok(Self(value.to_owned())),
            Form::WrongCharacter => Err(PkceError::VerifierCharacter),
            Form::WrongLength => Err(PkceError::VerifierLength),
        }
    }
}

impl fmt::Debug for CodeVerifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("CodeVerifier").finish_non_exhaustive()
    }
}

/// The result of a format check. Challenges and verifiers have the same format: `43*128unreserved`.
enum Form {
    Valid,
    WrongCharacter,
    WrongLength,
}

impl Form {
    fn of(value: &str) -> Self {
        let is_unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if !value.bytes().all(is_unreserved) {
            Self::WrongCharacter
        } else if !(43..=128).contains(&value.len()) {
            Self::WrongLength
        } else {
            Self::Valid
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{CodeChallengeMethod::*, *};

    // RFC 7636, Appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn is_answered(method: CodeChallengeMethod, challenge: &str, verifier: &str) -> bool {
        let challenge = CodeChallenge::new(method, challenge).unwrap();
        challenge.is_answered_by(&verifier.parse().unwrap())
    }

    #[test]
    fn the_verifier_of_rfc_7636_appendix_b_answers_its_challenge() {
        assert!(is_answered(S256, CHALLENGE, VERIFIER));
    }

    #[test]
    fn a_plain_challenge_is_answered_by_itself() {
        assert!(is_answered(Plain, VERIFIER, VERIFIER));
    }

    #[test]
    fn another_verifier_does_not_answer_a_challenge() {
        let swapped_case = VERIFIER.replace("dBjf", "DbJF");
        let longer = format!("{VERIFIER}A");
        for (method, challenge, verifier) in [
            (S256, CHALLENGE, CHALLENGE),
            (S256, VERIFIER, VERIFIER),
            (S256, CHALLENGE, swapped_case.as_str()),
            (S256, CHALLENGE, longer.as_str()),
            (Plain, CHALLENGE, VERIFIER),
            (Plain, VERIFIER, swapped_case.as_str()),
            (Plain, VERIFIER, longer.as_str()),
            (Plain, longer.as_str(), VERIFIER),
        ] {
            assert!(!is_answered(method, challenge, verifier), "{method:?} {challenge} {verifier}");
        }
    }

    /// RFC 7636 §4.1 and §4.2: 43 to 128 unreserved characters.
    #[test]
    fn values_of_another_form_are_refused() {
        use PkceError::*;
        let unreserved = "ABCXYZabcxyz0189-._~";
        for (value, challenge, verifier) in [
            ("a".repeat(43), None, None),
            ("a".repeat(128), None, None),
            (format!("{unreserved}{unreserved}abc"), None, None),
            (String::new(), Some(ChallengeLength), Some(VerifierLength)),
            ("a".repeat(42), Some(ChallengeLength), Some(VerifierLength)),
            ("a".repeat(129), Some(ChallengeLength), Some(VerifierLength)),
            (format!("{CHALLENGE}="), Some(ChallengeCharacter), Some(VerifierCharacter)),
            (format!("{CHALLENGE}+"), Some(ChallengeCharacter), Some(VerifierCharacter)),
            (format!("{CHALLENGE}/"), Some(ChallengeCharacter), Some(VerifierCharacter)),
            (format!("{CHALLENGE} "), Some(ChallengeCharacter), Some(VerifierCharacter)),
            (format!("{CHALLENGE}\n"), Some(ChallengeCharacter), Some(VerifierCharacter)),
            (format!("{CHALLENGE}\0"), Some(ChallengeCharacter), Some(VerifierCharacter)),
            (format!("{CHALLENGE}é"), Some(ChallengeCharacter), Some(VerifierCharacter)),
        ] {
            assert_eq!(CodeChallenge::new(S256, &value).err(), challenge, "{value:?}");
            assert_eq!(value.parse::<CodeVerifier>().err(), verifier, "{value:?}");
        }
    }

    #[test]
    fn a_challenge_keeps_what_the_client_sent() {
        let challenge = CodeChallenge::new(S256, CHALLENGE).unwrap();

        assert_eq!((challenge.method(), challenge.value()), (S256, CHALLENGE));
    }

    /// RFC 7636 §4.3: "defaults to `plain`"; names are case-sensitive.
    #[test]
    fn methods_have_exactly_their_names_on_the_wire() {
        for method in [Plain, S256] {
            assert_eq!(method.as_str().parse(), Ok(method));
        }
        for name in ["", "PLAIN", "s256", "S256 ", "S512", "none"] {
            assert_eq!(
                name.parse::<CodeChallengeMethod>(),
                Err(PkceError::UnknownMethod),
                "{name}"
            );
        }
        assert_eq!(CodeChallengeMethod::default(), Plain);
    }

    #[test]
    fn debug_output_shows_no_secret() {
        let challenge = CodeChallenge::new(Plain, VERIFIER).unwrap();
        let verifier: CodeVerifier = VERIFIER.parse().unwrap();

        assert_eq!(
            format!("{challenge:?} {verifier:?}"),
            "CodeChallenge { method: Plain, .. } CodeVerifier(..)"
        );
    }
}
