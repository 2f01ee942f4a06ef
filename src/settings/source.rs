//! Sources of settings: the environment, `.env`, and the files named by `*_FILE` variables.

use std::{
    collections::{BTreeMap, BTreeSet},
    ffi::OsString,
    fmt,
    io::{self, ErrorKind},
    str::FromStr,
};

use super::{
    bounded_file::read_bounded,
    env_file,
    fault::{Faults, SettingFault},
    registry::known,
};

/// Variables by name. Empty variables count as not set.
#[derive(Clone)]
pub struct Source {
    variables: BTreeMap<String, String>,
    /// Names of variables whose values are not UTF-8. They count as set: `.env` must not replace
    /// them.
    unreadable: BTreeSet<String>,
}

impl Source {
    /// Reads the environment of the process, then `.env` in the working directory for variables
    /// that it does not set.
    pub fn from_environment() -> Result<Self, Faults> {
        let mut source = Self::from_process();
        let mut variables = env_file::read()?;
        variables.retain(|name, _| !source.unreadable.contains(name));
        variables.extend(source.variables);
        source.variables = variables;
        Ok(source)
    }

    /// Reads the environment of the process only.
    pub fn from_process() -> Self {
        Self::of(std::env::vars_os())
    }

    fn of(environment: impl Iterator<Item = (OsString, OsString)>) -> Self {
        let (mut variables, mut unreadable) = (BTreeMap::new(), BTreeSet::new());
        // Skip names that are not UTF-8: ours are ASCII.
        for (name, value) in
            environment.filter_map(|(name, value)| Some((name.into_string().ok()?, value)))
        {
            match value.into_string() {
                Ok(value) => drop(variables.insert(name, value)),
                Err(_) => drop(unreadable.insert(name)),
            }
        }
        Self { variables, unreadable }
    }

    /// Takes fixed variables, for tests.
    pub fn from_pairs(pairs: &[(&str, &str)]) -> Self {
        Self::of(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())))
    }

    /// Faults for those of the given variables, or their `_FILE`, whose values are not UTF-8.
    pub fn unreadable(
        &self,
        names: impl Iterator<Item = &'static str>,
    ) -> impl Iterator<Item = SettingFault> {
        let is_unreadable = |name: &&str| {
            self.unreadable.contains(*name) || self.unreadable.contains(&format!("{name}_FILE"))
        };
        names.filter(is_unreadable).map(|name| {
            let hint = format!(
                "set {name} or {name}_FILE to UTF-8 text; encode a secret of arbitrary bytes in \
                 Base64"
            );
            SettingFault::new(name, "is not UTF-8 text", hint)
        })
    }

    /// Returns the value of a variable, unless it is empty.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.variables.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Returns the value of a variable, or the content of the file named by `NAME_FILE`: unchanged,
    /// even if empty.
    pub fn verbatim(&self, name: &'static str) -> Result<Option<String>, SettingFault> {
        Ok(self.file(name)?.or_else(|| self.variables.get(name).cloned()))
    }

    /// The names of the variables that are set.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.variables.keys().map(String::as_str).filter(|name| self.has(name))
    }

    /// Whether a variable is set but empty.
    pub fn is_empty(&self, name: &str) -> bool {
        self.variables.get(name).is_some_and(String::is_empty)
    }

    /// Whether a variable is set.
    pub fn has(&self, name: &str) -> bool {
        self.value(name).is_some()
    }

    /// Returns the content of the file named by `NAME_FILE`, byte for byte.
    pub fn file(&self, name: &'static str) -> Result<Option<String>, SettingFault> {
        debug_assert!(cfg!(test) || known().any(|known| known == name), "{name} is not described");
        let Some(path) = self.value(&format!("{name}_FILE")) else { return Ok(None) };
        let text = read_bounded(path).and_then(|bytes| {
            String::from_utf8(bytes)
                .map_err(|_| io::Error::new(ErrorKind::InvalidData, "it is not UTF-8"))
        });
        text.map(Some).map_err(|error| {
            // Never print the path: it may be the secret itself, set in the wrong variable.
            let fault = format!("cannot be read from the file that {name}_FILE names: {error}");
            SettingFault::new(
                name,
                fault,
                format!("{name}_FILE must name a text file that this user can read"),
            )
        })
    }

    /// Parses a setting with `FromStr`.
    pub fn parse<T>(&self, name: &'static str) -> Result<Option<T>, SettingFault>
    where
        T: FromStr,
        T::Err: fmt::Display,
    {
        self.parse_with(name, |text| text.parse::<T>().map_err(|error| error.to_string()))
    }

    /// Parses a boolean in the forms that Go accepts.
    pub fn parse_bool(&self, name: &'static str) -> Result<Option<bool>, SettingFault> {
        self.parse_with(name, |text| parse_bool(text).ok_or("is not true or false".into()))
    }

    /// Parses a setting with a function. The file variant wins; whitespace around its content is
    /// ignored.
    pub fn parse_with<T>(
        &self,
        name: &'static str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<Option<T>, SettingFault> {
        let file = self.file(name)?;
        let Some(text) = file.as_deref().map(str::trim).or(self.value(name)) else {
            return Ok(None);
        };
        let hint = format!("correct {name} in the environment or in the file .env");
        read(text).map(Some).map_err(|fault| SettingFault::new(name, fault, hint))
    }
}

impl fmt::Debug for Source {
    /// Prints only the names: values may be secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.variables.keys()).finish()
    }
}

/// Parses the forms that Go's `strconv.ParseBool` accepts.
pub(super) fn parse_bool(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_variant_wins_over_the_variable() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), " from-file\n").unwrap();
        let source =
            Source::from_pairs(&[("NAME", "direct"), ("NAME_FILE", file.path().to_str().unwrap())]);
        assert_eq!(source.parse::<String>("NAME").unwrap().unwrap(), "from-file");
        assert_eq!(source.file("NAME").unwrap().unwrap(), " from-file\n");
    }

    #[test]
    fn a_file_that_is_missing_is_a_fault_of_its_variable() {
        let source = Source::from_pairs(&[("NAME_FILE", "/nonexistent")]);
        assert_eq!(source.parse::<String>("NAME").unwrap_err().name, "NAME");
    }

    #[test]
    fn a_file_without_an_end_is_a_fault_of_its_variable() {
        let source = Source::from_pairs(&[("NAME_FILE", "/dev/zero")]);
        let fault = source.file("NAME").unwrap_err();
        assert!(fault.fault.contains("larger than 1 MiB"), "{fault:?}");
    }

    #[test]
    fn a_secret_in_the_place_of_its_file_is_not_printed() {
        for secret in [
            "postgres://me:hunter2@host/id",
            "hunter2hunter2hunter2=",
            ".://hunter2",
            "/hunter2+hunter2=",
            "./hunter2",
        ] {
            let fault = Source::from_pairs(&[("NAME_FILE", secret)]).file("NAME").unwrap_err();
            assert!(!format!("{fault:?}").contains("hunter2"), "{fault:?}");
        }
    }

    #[test]
    fn an_empty_variable_counts_as_not_set() {
        assert!(!Source::from_pairs(&[("NAME", "")]).has("NAME"));
    }

    #[test]
    fn a_source_does_not_print_values() {
        let source = Source::from_pairs(&[("ENCRYPTION_KEY", "hunter2")]);
        assert!(!format!("{source:?}").contains("hunter2"));
    }
}
