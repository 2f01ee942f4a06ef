//! Which installation something is of.

use std::{fmt, str::FromStr};

/// What tells the backups of one installation from those of others in the same place. A copy of the database has the same
/// one, and so has one that was restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstallationId(pub [u8; 4]);

/// Eight hexadecimal digits.
impl fmt::Display for InstallationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

impl FromStr for InstallationId {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_digit = |c: u8| c.is_ascii_digit() || (b'a'..=b'f').contains(&c);
        let digits = Some(text).filter(|text| text.len() == 8 && text.bytes().all(is_digit));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        number.map(|number| Self(number.to_be_bytes())).ok_or("is not eight hexadecimal digits")
    }
}
