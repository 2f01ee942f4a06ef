//! The formats of application settings.

use serde::{Deserialize, Serialize};

/// The format of an application's settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "RecipeFormat"))]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// `NAME=value` lines.
    Env,
    /// A form: numbered `field: value` lines.
    Fields,
    /// Sections of `name = value` lines.
    Ini,
    /// JavaScript.
    Javascript,
    /// JSON.
    Json,
    /// PHP.
    Php,
    /// Python.
    Python,
    /// Ruby.
    Ruby,
    /// TOML.
    Toml,
    /// YAML.
    Yaml,
}

impl Format {
    /// The name of the format in a recipe.
    pub fn name(self) -> &'static str {
        match self {
            Self::Env => "env",
            Self::Fields => "fields",
            Self::Ini => "ini",
            Self::Javascript => "javascript",
            Self::Json => "json",
            Self::Php => "php",
            Self::Python => "python",
            Self::Ruby => "ruby",
            Self::Toml => "toml",
            Self::Yaml => "yaml",
        }
    }

    /// Whether each line is independent, so that single lines can be left out.
    pub fn is_by_line(self) -> bool {
        matches!(self, Self::Env | Self::Fields | Self::Ini)
    }

    /// Escapes a value for this format; returns a character that cannot be escaped as an error.
    ///
    /// Templates quote values with double quotes in JSON, TOML and YAML, and with single quotes in
    /// the other formats that have quotes. `ini` has no quotes, and those of `env` depend on its
    /// `Reader`: a value in either must mean the same with and without them.
    pub fn escape(self, value: &str) -> Result<String, char> {
        if let Some(c) = value.chars().find(|c| c.is_control()) {
            return Err(c);
        }
        match self {
            Self::Fields => Ok(value.to_owned()),
            Self::Env | Self::Ini => {
                let has_meaning = |c: &char| c.is_whitespace() || "'\"`$\\#;".contains(*c);
                value.chars().find(has_meaning).map_or_else(|| Ok(value.to_owned()), Err)
            }
            Self::Json | Self::Toml | Self::Yaml => {
                Ok(value.replace('\\', "\\\\").replace('"', "\\\""))
            }
            Self::Javascript | Self::Php | Self::Python | Self::Ruby => {
                Ok(value.replace('\\', "\\\\").replace('\'', "\\'"))
            }
        }
    }

    /// Checks the syntax of a text, for the formats that can be checked here.
    pub fn check(self, text: &str) -> Result<(), String> {
        match self {
            Self::Env => each_line(text, is_assignment, "is not NAME=value"),
            Self::Fields => each_line(text, is_field, "is not `field: value`"),
            Self::Json => serde_json::from_str::<serde::de::IgnoredAny>(text)
                .map(drop)
                .map_err(|error| format!("the settings are not JSON: {error}")),
            Self::Toml => basic_toml::from_str::<serde::de::IgnoredAny>(text)
                .map(drop)
                .map_err(|error| format!("the settings are not TOML: {error}")),
            _ => Ok(()),
        }
    }
}

fn each_line(text: &str, is_good: fn(&str) -> bool, what: &str) -> Result<(), String> {
    match text.lines().find(|line| !is_good(line)) {
        Some(line) => Err(format!("`{line}` in the settings {what}")),
        None => Ok(()),
    }
}

fn is_assignment(line: &str) -> bool {
    line.split_once('=').is_some_and(|(name, _)| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    })
}

fn is_field(line: &str) -> bool {
    line.split_once(": ").is_some_and(|(field, value)| {
        !field.trim().is_empty() && !value.trim().is_empty() && !field.starts_with(' ')
    })
}
