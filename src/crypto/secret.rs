//! Values that must not be printed, logged or compared byte by byte.

use std::fmt;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// A text that is wiped on drop, hidden from `Debug` and compared in constant time.
///
/// It has no `PartialEq` and no `Display`: the only access is [`Secret::expose`], which is easy to
/// grep.
#[derive(Clone)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes ownership of the text. A caller with another copy must wipe that itself.
    pub fn new(value: impl Into<String>) -> Self {
        Self(Zeroizing::new(value.into()))
    }

    /// Returns the plain text. Call it only where the text is used.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Compares in time that depends only on the lengths.
    pub fn constant_time_eq(&self, other: &str) -> bool {
        self.0.as_bytes().ct_eq(other.as_bytes()).into()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self::new(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(…)");
    }

    #[test]
    fn secrets_compare_by_content() {
        assert!(Secret::new("abc").constant_time_eq("abc"));
        assert!(!Secret::new("abc").constant_time_eq("abd"));
        assert!(!Secret::new("abc").constant_time_eq("abcd"));
    }
}
