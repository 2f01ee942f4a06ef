//! Facts about the variables themselves that the values of the settings do not show.

use std::{fmt, path::PathBuf};

use super::Source;

/// Placeholder for the key in old Pocket ID examples.
pub(super) const PLACEHOLDER_KEY: &str = "CHANGEME";

/// Facts about the variables, for `doctor`.
#[derive(Clone, Default)]
pub struct Variables {
    /// Whether ENCRYPTION_KEY is the placeholder of old Pocket ID examples.
    pub has_placeholder_key: bool,
    /// POCKETID_LISTEN, unparsed.
    pub listen: Option<String>,
    /// The first of HOST and PORT that is set.
    pub host_or_port: Option<&'static str>,
    /// The `_FILE` variables and their values.
    pub files: Vec<(String, PathBuf)>,
}

impl Variables {
    /// Reads the facts.
    pub(super) fn of(source: &Source) -> Self {
        let names = source.names().filter(|name| name.ends_with("_FILE"));
        let file = |name: &str| Some((name.to_owned(), source.value(name)?.into()));
        Self {
            has_placeholder_key: source.value("ENCRYPTION_KEY") == Some(PLACEHOLDER_KEY),
            listen: source.value("POCKETID_LISTEN").map(str::to_owned),
            host_or_port: ["HOST", "PORT"].into_iter().find(|name| source.has(name)),
            files: names.filter_map(file).collect(),
        }
    }
}

impl fmt::Debug for Variables {
    /// Leaves out the values of `_FILE` variables: one may be the secret itself, set in the wrong
    /// variable.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Variables");
        shown.field("has_placeholder_key", &self.has_placeholder_key);
        shown.field("listen", &self.listen).field("host_or_port", &self.host_or_port);
        shown.finish_non_exhaustive()
    }
}
