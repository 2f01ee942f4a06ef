//! Where the data is kept.

use std::{fmt, path::PathBuf, str::FromStr};

use url::Url;

use crate::crypto::Secret;

/// Which database, and where.
#[derive(Debug, Clone)]
pub enum Database {
    /// PostgreSQL at an address.
    Postgres(PostgresAddress),
    /// SQLite in a file.
    Sqlite(PathBuf),
}

impl Database {
    /// The name of the engine.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Postgres(_) => "postgres",
            Self::Sqlite(_) => "sqlite",
        }
    }
}

/// How a connection is protected (the meaning of libpq's `sslmode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsMode {
    /// Not at all.
    Disable,
    /// By TLS when the server offers it.
    Prefer,
    /// By TLS, with whoever answers.
    Require,
    /// By TLS, with who proves to be the host.
    VerifyFull,
}

/// The address of a PostgreSQL database. It may hold a password, so it does not print.
#[derive(Clone)]
pub struct PostgresAddress {
    url: Secret,
    shown: String,
    tls_mode: TlsMode,
}

impl PostgresAddress {
    /// The address without what is ours to understand, for the client library.
    pub fn url(&self) -> &Secret {
        &self.url
    }

    /// How the connection is protected.
    pub fn tls_mode(&self) -> TlsMode {
        self.tls_mode
    }
}

impl FromStr for PostgresAddress {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let malformed = "is not an address such as postgres://user:password@host/database";
        let mut url = Url::parse(text).map_err(|_| malformed.to_owned())?;
        if !matches!(url.scheme(), "postgres" | "postgresql") || url.path().len() < 2 {
            return Err(malformed.into());
        }
        let mode = url.query_pairs().find(|(name, _)| name == "sslmode");
        let tls_mode = match mode.as_ref().map(|(_, mode)| mode.as_ref()) {
            None | Some("prefer" | "allow") => TlsMode::Prefer,
            Some("disable") => TlsMode::Disable,
            Some("require") => TlsMode::Require,
            Some("verify-full") => TlsMode::VerifyFull,
            Some(_) => {
                return Err(
                    "has an sslmode other than disable, prefer, require, verify-full".into()
                );
            }
        };
        let others: Vec<_> = url
            .query_pairs()
            .filter(|(name, _)| name != "sslmode")
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect();
        url.set_query(None);
        if !others.is_empty() {
            url.query_pairs_mut().extend_pairs(others);
        }
        let host = url.host_str().unwrap_or("localhost");
        let shown = format!("{}://{host}{}", url.scheme(), url.path());
        Ok(Self { shown, tls_mode, url: Secret::new(url.as_str()) })
    }
}

/// The host and the database; never the user or the password.
impl fmt::Display for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for PostgresAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_does_not_print_its_password() {
        let address: PostgresAddress = "postgres://me:hunter2@db.example.com/id".parse().unwrap();
        assert_eq!(format!("{address} {address:?}").matches("hunter2").count(), 0);
        assert_eq!(address.to_string(), "postgres://db.example.com/id");
    }

    #[test]
    fn the_modes_of_libpq_are_understood() {
        let mode = |query: &str| {
            let address = format!("postgresql://h/d{query}").parse::<PostgresAddress>();
            address.map(|address| address.tls_mode())
        };
        assert_eq!(mode(""), Ok(TlsMode::Prefer));
        assert_eq!(mode("?sslmode=disable"), Ok(TlsMode::Disable));
        assert_eq!(mode("?application_name=x&sslmode=verify-full"), Ok(TlsMode::VerifyFull));
        assert!(mode("?sslmode=maybe").is_err());
        assert!("postgres://host".parse::<PostgresAddress>().is_err());
        assert!("mysql://host/db".parse::<PostgresAddress>().is_err());
    }
}
