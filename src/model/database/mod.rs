//! The address of the database.
//!
//! A misspelt address must never count as a file name: that would create a new, empty database with
//! the password in its name. No error repeats any part of the text.

mod address;
mod parameters;
mod tls;

use std::{fmt, path::PathBuf, str::FromStr};

use super::placeholder;

pub use address::{PostgresAddress, ServerSetting};
pub use tls::{Tls, TlsMode};

/// The database engine and the location.
#[derive(Debug, Clone)]
pub enum Database {
    /// PostgreSQL at an address.
    Postgres(PostgresAddress),
    /// SQLite in a file.
    Sqlite(PathBuf),
}

impl Database {
    /// Whether a text begins like the address of a PostgreSQL database.
    pub fn begins_as_address(text: &str) -> bool {
        after_scheme(unquoted(text.trim()), SCHEMES).is_some()
    }

    /// The name of the engine.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::Sqlite(_) => "sqlite",
        }
    }
}

/// The file, or the host and the database: never a password.
impl fmt::Display for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(address) => address.fmt(f),
            Self::Sqlite(path) => path.display().fmt(f),
        }
    }
}

const SCHEMES: &[&str] = &["postgres://", "postgresql://"];

/// Words in database addresses of many drivers that do not occur in file names.
const WORDS_OF_ADDRESSES: &[&str] =
    &["://", "host=", "server=", "user=", "username=", "uid=", "password=", "pwd=", "dbname="];

/// A text in neither form is not printed: it may contain a password.
const NEITHER: &str = "is neither a file path nor a valid address, such as \
                       postgres://user:password@host/database; it is not printed, because it may \
                       contain a password";

/// If the variable is not set, a file of this name would be a new, empty database.
const NOT_REPLACED: &str = "contains a variable that was not expanded, such as ${NAME}; if the \
                            file really has this name, use a symbolic link";

impl FromStr for Database {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = unquoted(text.trim());
        if text.chars().any(char::is_control) {
            return Err("contains a line break or another control character".into());
        }
        if let Some(address) = after_scheme(text, SCHEMES) {
            return parameters::of_url(address)?.try_into().map(Self::Postgres);
        }
        if parameters::are_in(text) {
            return parameters::of_words(text)?.try_into().map(Self::Postgres);
        }
        let file = after_scheme(text, &["file:"]);
        let path = file.unwrap_or(text);
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        match path {
            "" => Err("does not name a file".into()),
            ":memory:" => {
                Err("is an in-memory database, which loses all accounts when the program ends"
                    .into())
            }
            path if placeholder::is_somewhere_in(path) => Err(NOT_REPLACED.into()),
            _ if looks_like_an_address(file.map_or(text, |_| path)) => Err(NEITHER.into()),
            path => Ok(Self::Sqlite(PathBuf::from(path))),
        }
    }
}

/// Removes quotes around the whole text: `docker --env-file` and others keep the shell's quotes.
fn unquoted(text: &str) -> &str {
    let inner = |quote: char| text.strip_prefix(quote)?.strip_suffix(quote);
    inner('"').or_else(|| inner('\'')).map_or(text, str::trim)
}

fn after_scheme<'a>(text: &'a str, schemes: &[&str]) -> Option<&'a str> {
    let after = |scheme: &&str| {
        let start = text.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &text[scheme.len()..])
    };
    schemes.iter().find_map(after)
}

fn looks_like_an_address(text: &str) -> bool {
    let folded = text.to_ascii_lowercase();
    let compact: String = folded.chars().filter(|c| !c.is_whitespace()).collect();
    let has_credentials = text.split_once(':').is_some_and(|(_, rest)| rest.contains('@'));
    // As in `postgresql//host`, with the colon missing.
    let lacks_colon = ["postgres//", "postgresql//", "mysql//", "mariadb//"];
    has_scheme(text)
        || has_credentials
        || begins_with_host(text)
        || parameters::are_somewhere_in(text)
        || WORDS_OF_ADDRESSES.iter().any(|word| compact.contains(word))
        || lacks_colon.iter().any(|start| folded.starts_with(start))
}

/// Whether a text begins like the part after `postgres://`: `host:5432`, `[::1]`, or `me@host/`. To
/// use a file with such a name, write `./me@host/x.db`.
fn begins_with_host(text: &str) -> bool {
    let (first, is_whole) = text.split_once('/').map_or((text, true), |(first, _)| (first, false));
    let has_port =
        first.rsplit_once(':').is_some_and(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
    has_port || first.starts_with('[') || (first.contains('@') && !is_whole)
}

/// Whether a text begins with a word and a colon (RFC 3986 §3.1).
fn has_scheme(text: &str) -> bool {
    text.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    })
}

#[cfg(test)]
fn read_address(text: &str) -> Result<PostgresAddress, String> {
    match text.parse()? {
        Database::Postgres(address) => Ok(address),
        Database::Sqlite(path) => panic!("{path:?} is not a file"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> Result<String, String> {
        Ok(match text.parse()? {
            Database::Sqlite(path) => path.display().to_string(),
            Database::Postgres(address) => address.to_string(),
        })
    }

    #[test]
    fn a_path_is_the_name_of_a_file() {
        for (text, path) in [
            ("x/y.db", "x/y.db"),
            (" data/pocketid.db\n", "data/pocketid.db"),
            ("\"data/pocketid.db\"", "data/pocketid.db"),
            ("'data/my database.db'", "data/my database.db"),
            ("file:x/y.db?_pragma=1", "x/y.db"),
            ("FILE:/data/y.db", "/data/y.db"),
            ("file:///data/y.db?_txlock=immediate", "///data/y.db"),
            ("/srv/a=b/user@home.db", "/srv/a=b/user@home.db"),
            ("postgres.db", "postgres.db"),
            ("postgres/id.db", "postgres/id.db"),
            ("user@home.db", "user@home.db"),
            ("./me@home/10:30/id.db", "./me@home/10:30/id.db"),
            ("my service/id=1.db", "my service/id=1.db"),
        ] {
            assert_eq!(shown(text).as_deref(), Ok(path), "{text}");
        }
    }

    #[test]
    fn an_address_is_read_however_it_is_written() {
        for text in [
            "postgres://me:hunter2@host/id",
            "Postgres://me:hunter2@host/id",
            "POSTGRESQL://me:hunter2@host/id",
            "\"postgres://me:hunter2@host/id\"",
            "'postgresql://me:hunter2@host/id' ",
            "host=host user=me password=hunter2 dbname=id",
            "'host=host user=me password=hunter2 dbname=id'",
            "dbname = id  host = 'host' user=me password='hun\\'ter 2'",
        ] {
            assert_eq!(shown(text).as_deref(), Ok("postgres://host/id"), "{text}");
        }
    }

    /// Each of these once became the name of a new, empty database, with the password in it.
    #[test]
    fn a_mistyped_address_is_no_file_and_is_not_repeated() {
        for text in [
            "postgress://me:hunter2@host/id",
            "postgres:/me:hunter2@host/id",
            "postgres:me:hunter2@host/id",
            "postgres//me:hunter2@host/id",
            "postgresql//me@host/hunter2",
            "://me:hunter2@host/id",
            "//me:hunter2@host/id",
            "me:hunter2@host/id",
            "mysql://me:hunter2@host/id",
            "jdbc:postgresql://host/id?user=me&password=hunter2",
            "sqlite:hunter2.db",
            "sqlite://hunter2.db",
            "file:postgres://me:hunter2@host/id",
            "DB_CONNECTION_STRING=postgres://me:hunter2@host/id",
            "\"postgres://me:hunter2@host/id",
            "`postgres://me:hunter2@host/id`",
            "Host=host;Username=me;Password=hunter2;Database=id",
            "Server=host;Uid=me;Pwd=hunter2",
            "User = me; Password = hunter2",
            "host=host;user=me;password=hunter2;dbname=id",
            "host=host user=me dbname=id;password=hunter2",
            "host=host user=me:hunter2 dbname=id",
            "host=host user=me password='hunter2 dbname=id",
            "postgres://me:hunter2@host/id;password=hunter2",
            "postgres://me:hunter2@host/id&password=hunter2",
            "postgres://me:hun/hunter2@host/id",
            "postgres://me:hunter2@host:port/id",
            "postgres://me%3Ahunter2@host/id",
            "postgres://me@host/id?pasword=hunter2",
            "postgres://me:hunter2@host",
            "10.0.0.5:5432/hunter2",
            "10.0.0.5:/hunter2",
            "pocketid_db:5432/hunter2",
            "10.0.0.5:5432,10.0.0.6:5432/hunter2",
            "[::1]:5432/hunter2",
            "[::1]/hunter2",
            "me@host/hunter2",
            "file:10.0.0.5:5432/hunter2",
            "service=hunter2",
            "Service = hunter2",
            "passfile=/run/hunter2 dbname=id",
            "x service=hunter2",
            "hostaddr=10.0.0.5;sslpassword=hunter2",
            "x.db?SSLKEY=hunter2",
            "${hunter2}",
            "$hunter2",
            "/srv/${hunter2}/id.db",
            "file:{{ hunter2 }}",
            "x.db\npostgres://me:hunter2@host/id",
        ] {
            let fault = shown(text).unwrap_err();
            assert!(!fault.contains("hunter2") && !fault.contains("me:"), "{text}: {fault}");
        }
        assert!(shown("").is_err());
        assert!(shown(":memory:").is_err());
    }
}
