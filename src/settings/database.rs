//! `DB_CONNECTION_STRING`, and settings that contradict it.
//!
//! The default is a new, empty database. A user who meant another database must not get that one,
//! so a database address under an old or misspelt name is a fault, not only a warning.

use std::{fmt, path::PathBuf};

use super::{Faults, SettingFault, Source, Suspect};
use crate::model::Database;

const NAME: &str = "DB_CONNECTION_STRING";
/// Variable for the database engine before Pocket ID 2.
const PROVIDER: &str = "DB_PROVIDER";
/// Prefixes of variable names that usually configure a database.
const OF_DATABASES: &[&str] = &["DATABASE_", "DB_"];
/// Default database file.
const DEFAULT: &str = "data/pocketid.db";

pub(super) fn read(source: &Source, faults: &mut Faults) -> Database {
    let given = source.parse::<Database>(NAME);
    let is_given = !matches!(given, Ok(None));
    let database =
        faults.collect(given).unwrap_or_else(|| Database::Sqlite(PathBuf::from(DEFAULT)));
    if !is_given {
        faults.extend(meant_elsewhere(source));
    }
    if let Some(fault) = contradiction(source, &database) {
        faults.extend([fault]);
    }
    database
}

/// Why the default database may not be the intended one. Other programs use such variables too, so
/// it is not a fault. But the set-up page then asks for a code, so that a stranger cannot become
/// the administrator of an unintended new database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Doubt {
    /// `DB_CONNECTION_STRING` is set but empty. As in Pocket ID, that counts as not set. It may
    /// come from another variable that is not set.
    Empty,
    /// `DB_CONNECTION_STRING` names a file, but looks like something else: an address in the form of
    /// another program, or with a variable or a home folder that only a shell would replace.
    Unlikely,
    /// This variable has no effect, but seems to name a database.
    Named(String),
}

/// A text to read after "although".
impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "{NAME} is empty, which counts as not set"),
            Self::Unlikely => write!(f, "{NAME} hardly looks like the path of a file"),
            Self::Named(name) => {
                write!(
                    f,
                    "{NAME} is not set, but {name} is, which has no effect and seems to name a \
                     database"
                )
            }
        }
    }
}

/// Looks for signs that the database is not the intended one: the default one, or a file whose name
/// looks like an address.
pub(super) fn doubt(source: &Source, database: &Database) -> Option<Doubt> {
    let file = format!("{NAME}_FILE");
    if source.has(NAME) || source.has(&file) {
        return is_unlikely(database).then_some(Doubt::Unlikely);
    }
    if source.is_empty(NAME) || source.is_empty(&file) {
        return Some(Doubt::Empty);
    }
    let seems_to_name_one = |name: &&str| {
        let is_named_so = OF_DATABASES.iter().any(|start| name.to_uppercase().starts_with(start));
        (is_named_so && *name != PROVIDER)
            || source.value(name).is_some_and(Database::begins_as_address)
    };
    source.names().find(seems_to_name_one).map(|name| Doubt::Named(name.to_owned()))
}

/// Whether a file has a name such as `tcp(db:3306)/pocketid`, `%DB%` or `~/pocketid.db`.
fn is_unlikely(database: &Database) -> bool {
    match database {
        Database::Postgres(_) => false,
        Database::Sqlite(path) => {
            let path = path.to_string_lossy();
            path.starts_with('~') || path.contains(['(', ')', '%'])
        }
    }
}

/// Faults for variables that name a database but have no effect.
fn meant_elsewhere(source: &Source) -> Vec<SettingFault> {
    let fault = |suspect| match suspect {
        Suspect::Former(name @ ("POSTGRES_CONNECTION_STRING" | "SQLITE_DB_PATH"), _) => {
            // In old versions, the provider chose which of the two variables counted.
            let counts = (source.value(PROVIDER) == Some("postgres"))
                == (name == "POSTGRES_CONNECTION_STRING");
            counts.then(|| {
                SettingFault::new(
                    NAME,
                    format!("is not set, but {name} is, which has no effect since Pocket ID 2"),
                    format!("rename {name} to {NAME}"),
                )
            })
        }
        Suspect::Misspelt(name, NAME) => Some(SettingFault::new(
            NAME,
            format!("is not set, but {name} is, which has no effect"),
            format!(
                "rename {name} to {NAME}; or set {NAME} as well, if {name} belongs to another \
                 program"
            ),
        )),
        _ => None,
    };
    Suspect::all(source).into_iter().filter_map(fault).collect()
}

/// `DB_PROVIDER` has no effect, but must not contradict the address.
fn contradiction(source: &Source, database: &Database) -> Option<SettingFault> {
    let fault = |fault: &str, hint: &str| Some(SettingFault::new(PROVIDER, fault, hint));
    match (source.value(PROVIDER)?.to_ascii_lowercase().as_str(), database) {
        ("postgres" | "postgresql", Database::Sqlite(_)) => fault(
            "is postgres, but DB_CONNECTION_STRING is not the address of a PostgreSQL database",
            "set DB_CONNECTION_STRING as in postgres://user:password@host/database, or remove \
             DB_PROVIDER",
        ),
        ("sqlite" | "sqlite3", Database::Postgres(_)) => fault(
            "is sqlite, but DB_CONNECTION_STRING is the address of a PostgreSQL database",
            "remove DB_PROVIDER, or set DB_CONNECTION_STRING to the path of a file",
        ),
        ("postgres" | "postgresql" | "sqlite" | "sqlite3", _) => None,
        _ => fault("is neither sqlite nor postgres", "remove it; DB_CONNECTION_STRING is enough"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Settings;
    use super::*;

    fn faults(variables: &[(&str, &str)]) -> Vec<String> {
        let read = Settings::read(&Source::from_pairs(variables));
        let faults = read.err();
        let all = faults.iter().flat_map(Faults::iter);
        all.map(|fault| format!("{} {}", fault.name, fault.fault)).collect()
    }

    #[test]
    fn the_provider_and_the_address_say_the_same() {
        let address = (NAME, "postgres://me:hunter2@host/id");
        for (provider, given) in [
            ("postgres", vec![]),
            ("postgres", vec![(NAME, "data/id.db")]),
            ("sqlite", vec![address]),
            ("mysql", vec![address]),
        ] {
            let faults = faults(&[vec![(PROVIDER, provider)], given].concat());
            assert_eq!(faults.len(), 1, "{faults:?}");
            assert!(faults[0].starts_with("DB_PROVIDER is "), "{faults:?}");
        }
        assert!(faults(&[(PROVIDER, "postgres"), address]).is_empty());
        assert!(faults(&[(PROVIDER, "sqlite")]).is_empty());
    }

    #[test]
    fn a_database_under_another_name_is_not_passed_over() {
        let under = |name: &str| faults(&[(name, "/srv/hunter2.db")]);
        for name in [
            "SQLITE_DB_PATH",
            "DB_CONECTION_STRING",
            "db_connection_string",
            "DB_CONNECTION_STRING_FIEL",
            "DB_CONNECTION_STRING_PATH",
            "DB_CONNECTION",
            "DB_CONNECTION_URL",
        ] {
            let faults = under(name);
            assert_eq!(faults.len(), 1, "{name}: {faults:?}");
            assert!(!faults[0].contains("hunter2"), "{faults:?}");
        }
        let both = [("DB_CONNECTION_URL", "/srv/x.db"), (NAME, "data/id.db")];
        assert!(faults(&both).is_empty());
        let both = [("SQLITE_DB_PATH", "/srv/x.db"), (NAME, "data/id.db")];
        assert!(faults(&both).is_empty(), "what counts is given: a warning will do");
        assert!(under("POSTGRES_CONNECTION_STRING").is_empty(), "it had no effect by itself");
        let old = [("POSTGRES_CONNECTION_STRING", "host=x"), (PROVIDER, "postgres")];
        assert_eq!(faults(&old).len(), 2, "{:?}", faults(&old));
    }

    #[test]
    fn what_may_name_another_database_casts_doubt_on_the_default() {
        let doubt = |variables: &[(&str, &str)]| {
            let settings = Settings::read(&Source::from_pairs(variables)).unwrap();
            assert_eq!(settings.database_doubt.is_some(), !settings.warnings.is_empty());
            settings.database_doubt
        };
        for (name, value) in [
            ("DATABASE_URL", "mysql://hunter2"),
            ("DATABASE_URL_FILE", "/run/secrets/hunter2"),
            ("DB_URL", "hunter2"),
            ("db_host", "hunter2"),
            ("POCKETID_STORE", "Postgres://me:hunter2@host/id"),
            ("POCKETID_STORE", " 'postgresql://me:hunter2@host/id'"),
            ("POSTGRES_CONNECTION_STRING", "postgres://me:hunter2@host/id"),
        ] {
            let found = doubt(&[(name, value)]);
            assert_eq!(found, Some(Doubt::Named(name.into())), "{value}");
            assert!(!format!("{}", found.unwrap()).contains("hunter2"));
            if name != "POSTGRES_CONNECTION_STRING" {
                assert_eq!(doubt(&[(name, value), (NAME, "data/id.db")]), None);
            }
        }
        assert_eq!(doubt(&[(NAME, "")]), Some(Doubt::Empty));
        assert_eq!(doubt(&[("DB_CONNECTION_STRING_FILE", "")]), Some(Doubt::Empty));
        assert_eq!(doubt(&[("PGHOST", "")]), None);
        for strange in ["tcp(db)/pocketid", "%DB%", "~/pocketid.db"] {
            let source = Source::from_pairs(&[(NAME, strange)]);
            let found = Settings::read(&source).unwrap().database_doubt;
            assert_eq!(found, Some(Doubt::Unlikely), "{strange}");
        }
        assert_eq!(doubt(&[("HOME", "/root")]), None);
    }
}
