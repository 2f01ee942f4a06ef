//! Security profiles: sets of rules beyond those of OpenID Connect that a client keeps to.

use std::{fmt, str::FromStr};

use crate::crypto::Algorithm;

/// A security profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecurityProfile {
    /// FAPI 2.0 Security Profile.
    Fapi2,
}

/// The name is not one of a profile.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("it must be fapi2")]
pub struct UnknownSecurityProfile;

impl SecurityProfile {
    /// Every profile.
    pub const ALL: [Self; 1] = [Self::Fapi2];

    /// The name, as stored, typed and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fapi2 => "fapi2",
        }
    }

    /// Whether tokens and assertions may be signed with the algorithm (FAPI 2.0 §5.4.1).
    pub fn allows(self, algorithm: Algorithm) -> bool {
        match self {
            Self::Fapi2 => {
                matches!(algorithm, Algorithm::Ps256 | Algorithm::Es256 | Algorithm::EdDsa)
            }
        }
    }
}

impl FromStr for SecurityProfile {
    type Err = UnknownSecurityProfile;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|profile| profile.as_str() == name).ok_or(UnknownSecurityProfile)
    }
}

impl fmt::Display for SecurityProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
