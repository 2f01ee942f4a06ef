//! Names of variables that are unsupported, former or misspelt.

use strsim::damerau_levenshtein;

use super::{SettingFault, Source, registry::known};

/// Pocket ID variables that this version does not support. A warning names each one that is set.
pub(super) const NOT_SUPPORTED: &[&str] = &[
    "ALLOW_DOWNGRADE",
    "FILE_BACKEND",
    "OTEL_LOGS_EXPORTER",
    "PROXY_PROTOCOL",
    "S3_BUCKET",
    "SYSTEMD_SOCKET",
    "TLS_CERT",
    "TLS_CERT_FILE",
    "TLS_KEY",
    "TLS_KEY_FILE",
    "TRUSTED_PLATFORM",
    "UNIX_SOCKET",
    "UNIX_SOCKET_MODE",
];

/// Variables of Pocket ID before version 2, with their new names.
const FORMER: &[(&str, &str)] = &[
    ("DB_PROVIDER", "DB_CONNECTION_STRING"),
    ("POSTGRES_CONNECTION_STRING", "DB_CONNECTION_STRING"),
    ("PUBLIC_APP_URL", "APP_URL"),
    ("SQLITE_DB_PATH", "DB_CONNECTION_STRING"),
];

/// Shortest name that is checked for typing errors: `PATH` and `HOME` are too close to `PORT` and
/// `HOST`.
const MIN_COMPARED: usize = 6;

/// A prefix that can only belong to `DB_CONNECTION_STRING`.
const OF_THE_DATABASE: &str = "DB_CONN";

/// A variable that is probably a mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Suspect {
    /// A variable of old versions, and its new name.
    Former(&'static str, &'static str),
    /// A misspelt name, and the name that was probably meant.
    Misspelt(String, &'static str),
    /// Set both directly and as a file; the file wins.
    Twice(&'static str),
}

impl Suspect {
    /// Finds all suspect variables.
    pub fn all(source: &Source) -> Vec<Self> {
        let former = FORMER.iter().filter(|(name, _)| source.has(name));
        let twice = known().filter(|name| source.has(name) && source.has(&format!("{name}_FILE")));
        let mut all: Vec<_> = former.map(|(name, now)| Self::Former(name, now)).collect();
        all.extend(twice.map(Self::Twice));
        all.extend(
            source.names().filter_map(|name| Some(Self::Misspelt(name.into(), meant(name)?))),
        );
        all
    }
}

/// Faults for current, unsupported or former variables whose values are not UTF-8.
pub(super) fn unreadable(source: &Source) -> impl Iterator<Item = SettingFault> {
    let others = NOT_SUPPORTED.iter().copied().chain(FORMER.iter().map(|(name, _)| *name));
    source.unreadable(known().chain(others))
}

/// Returns the supported variable that this name resembles, unless the name itself is known.
fn meant(name: &str) -> Option<&'static str> {
    let plain = name.strip_suffix("_FILE").unwrap_or(name);
    let is_ours = |name: &str| {
        known().any(|known| known == name)
            || NOT_SUPPORTED.contains(&name)
            || FORMER.iter().any(|(former, _)| *former == name)
    };
    if is_ours(plain) || is_ours(name) || plain.len() < MIN_COMPARED {
        return None;
    }
    let (folded, whole) = (plain.to_uppercase(), name.to_uppercase());
    if folded.starts_with(OF_THE_DATABASE) {
        return Some("DB_CONNECTION_STRING");
    }
    known().find(|known| {
        // Compare lengths first, because it is fast: every command checks each variable of its
        // environment.
        let is_near = |known: &str, name: &str| {
            let most = known.len() / 6;
            known.len().abs_diff(name.len()) <= most && damerau_levenshtein(known, name) <= most
        };
        known.len() >= MIN_COMPARED
            && (is_near(known, &folded) || is_near(&format!("{known}_FILE"), &whole))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn suspects(variables: &[(&str, &str)]) -> Vec<Suspect> {
        Suspect::all(&Source::from_pairs(variables))
    }

    #[test]
    fn names_that_look_like_ours_are_told() {
        for (name, meant) in [
            ("APP_ULR", "APP_URL"),
            ("APPURL", "APP_URL"),
            ("app_url", "APP_URL"),
            ("ENCRYPTON_KEY", "ENCRYPTION_KEY"),
            ("ENCRYPTON_KEY_FILE", "ENCRYPTION_KEY"),
            ("ENCRYPTION_KEY_FIEL", "ENCRYPTION_KEY"),
            ("DB_CONNECTION_STRING_FIEL", "DB_CONNECTION_STRING"),
            ("DB_CONNECTION_URL", "DB_CONNECTION_STRING"),
        ] {
            assert_eq!(suspects(&[(name, "x")]), [Suspect::Misspelt(name.into(), meant)], "{name}");
        }
    }

    #[test]
    fn names_of_ours_and_of_others_are_not() {
        for name in [
            "APP_URL",
            "APP_URL_FILE",
            "PATH",
            "HOME",
            "HOSTNAME",
            "PWD",
            "TERM",
            "PUID",
            "UNIX_SOCKET",
            "SHELL",
            "LANG",
            "LOGNAME",
            "MAIL",
            "USER",
            "OLDPWD",
        ] {
            assert!(suspects(&[(name, "x")]).is_empty(), "{name}");
        }
    }

    #[test]
    fn old_names_and_values_that_are_given_twice_are_told() {
        assert_eq!(
            suspects(&[("PUBLIC_APP_URL", "x"), ("APP_URL", "x"), ("APP_URL_FILE", "x")]),
            [Suspect::Former("PUBLIC_APP_URL", "APP_URL"), Suspect::Twice("APP_URL")]
        );
    }
}
