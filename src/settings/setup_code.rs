//! `SETUP_CODE`: whether the page `/setup` asks for a code.

use std::str::FromStr;

/// When it asks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AskForSetupCode {
    /// From the first moment on.
    Always,
    /// Never: whoever comes first becomes the administrator.
    Never,
    /// Unless the database is new, and nothing speaks of an earlier installation.
    #[default]
    UnlessNew,
}

impl FromStr for AskForSetupCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.to_ascii_lowercase().as_str() {
            "always" => Ok(Self::Always),
            "off" => Ok(Self::Never),
            _ => Err("is neither always nor off".into()),
        }
    }
}
