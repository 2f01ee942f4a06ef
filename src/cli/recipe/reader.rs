//! Who reads variables, and what quotes mean there.

use serde::{Deserialize, Serialize};

/// A reader of `NAME=value` lines.
///
/// There is no form that all of them take once a value has a space in it: Docker keeps quotes as a
/// part of the value, and the others need them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Reader {
    /// `docker run --env-file` and the `env_file` of Compose: nothing is quoted.
    Docker,
    /// The libraries that read `.env` files, Compose, systemd, and shells: values are quoted where
    /// they have to be.
    Dotenv,
}

impl Reader {
    /// The word for it in a recipe.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Dotenv => "dotenv",
        }
    }

    /// Writes a line for this reader, from a line in which the value is as it is.
    pub fn write(self, line: &str) -> Result<String, String> {
        let Some((name, value)) = line.split_once('=') else { return Ok(line.to_owned()) };
        let written = match self {
            Self::Docker => is_safe_in_docker(value).then(|| value.to_owned()),
            Self::Dotenv => quoted(value),
        };
        match written {
            Some(value) => Ok(format!("{name}={value}")),
            None => {
                Err(format!("the value of {name} cannot be written for a reader {}", self.name()))
            }
        }
    }
}

impl Reader {
    /// What to say of quotes; nothing where they make no difference.
    pub fn remark(self, settings: &str) -> Option<&'static str> {
        let values =
            settings.lines().filter_map(|line| line.split_once('=').map(|(_, value)| value));
        let told = match self {
            Self::Docker => {
                "Values are not quoted: this is for docker run --env-file, and for env_file of Compose. \
                 A shell needs quotes around those with spaces."
            }
            Self::Dotenv => {
                "Values with spaces are quoted: for .env files, shells, systemd, and env_file of \
                 Compose. docker run --env-file takes them without the quotes."
            }
        };
        values.map(is_bare).any(|is_bare| !is_bare).then_some(told)
    }
}

/// Whether every reader takes the value without quotes.
fn is_bare(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_alphanumeric() || "_./:,@%+=-".contains(c))
}

/// What `docker run` and Compose agree on. Compose removes quotes around a value, reads `$NAME`, and takes
/// ` #` for a comment.
fn is_safe_in_docker(value: &str) -> bool {
    let is_trimmed = value == value.trim();
    let is_quoted = value.starts_with(['"', '\'']);
    is_trimmed && !is_quoted && !value.contains(['$', '\\', '\n']) && !value.contains(" #")
}

/// Quotes in which nothing has a meaning of its own, for a shell and for any library alike.
fn quoted(value: &str) -> Option<String> {
    if is_bare(value) {
        return Some(value.to_owned());
    }
    if value.contains(['\\', '\n']) {
        return None;
    }
    if !value.contains(['"', '$', '`', '!']) {
        return Some(format!("\"{value}\""));
    }
    (!value.contains('\'')).then(|| format!("'{value}'"))
}
