//! The identifier of an installation.

use std::{fmt, str::FromStr};

/// Identifies an installation, to distinguish its backups from others in the same place. A copy of
/// the database and a restored one keep it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstallationId(pub [u8; 4]);

/// Formats it as eight hexadecimal digits.
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
