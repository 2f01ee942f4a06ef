//! The programs that read variables, with their quoting rules.

use serde::{Deserialize, Serialize};

/// A reader of `NAME=value` lines.
///
/// No format with spaces in a value works for all of them: Docker keeps quotes as a part of the
/// value, and the others need them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum RecipeReader {
    /// `docker run --env-file` and the `env_file` of Compose: values are not quoted.
    Docker,
    /// The libraries that read `.env` files, Compose, systemd, and shells: values are quoted where
    /// necessary.
    Dotenv,
}

impl RecipeReader {
    /// The name of the reader in a recipe.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Dotenv => "dotenv",
        }
    }

    /// Quotes the value of a line for this reader.
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

impl RecipeReader {
    /// A remark about quotes; `None` if no value needs them.
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

/// Whether the value needs no quotes for any reader.
fn is_bare(value: &str) -> bool {
    value.chars().all(|c| c.is_ascii_alphanumeric() || "_./:,@%+=-".contains(c))
}

/// Whether `docker run` and Compose read the unquoted value alike. Compose removes quotes around a
/// value, expands `$NAME`, and takes ` #` for a comment.
fn is_safe_in_docker(value: &str) -> bool {
    let is_trimmed = value == value.trim();
    let is_quoted = value.starts_with(['"', '\'']);
    is_trimmed && !is_quoted && !value.contains(['$', '\\', '\n']) && !value.contains(" #")
}

/// Quotes a value so that no character in it is special, in a shell and in the libraries.
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
