//! `SETUP_CODE`: whether the page `/setup` asks for a code.

use std::str::FromStr;

/// When the page `/setup` asks for a code.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum AskForSetupCode {
    /// Always.
    Always,
    /// Never: the first visitor becomes the administrator.
    Never,
    /// Unless the database is new, without signs of an earlier installation.
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
