//! How connections are opened, and whether they are connections to the database at all.
//!
//! Between us and the database may be a pool such as pgbouncer. It refuses settings in the startup message, so ours are
//! set afterwards. One that gives each transaction another connection of the database forgets everything between two
//! transactions, and mixes up prepared statements of one name. That is found out before anything is prepared.

use std::{sync::Arc, time::Duration};

use ::postgres::{Client, Config, SimpleQueryMessage};

use super::{super::StoreError, session::Session, tls};
use crate::model::database::{PostgresAddress, ServerSetting};

/// How long a server is waited for.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// How often it is looked whether a pool stands between; another client may blur one look.
const LOOKS: u32 = 3;

/// What a statement may take, and how long it may wait for a lock or for us, in milliseconds. The address may say
/// otherwise.
const LIMITS: [(&str, &str); 3] = [
    ("statement_timeout", "20000"),
    ("lock_timeout", "10000"),
    ("idle_in_transaction_session_timeout", "30000"),
];

/// What is acknowledged is on disk, also where the role or the database says that it need not be. Stricter settings stay, and
/// the address may say otherwise.
const DURABILITY: (&str, &str) =
    ("synchronous_commit", "replace(current_setting('synchronous_commit'), 'off', 'on')");

/// Opens connections to one database.
#[derive(Clone)]
pub(super) struct Connector {
    config: Config,
    address: PostgresAddress,
    /// What is set for each transaction, where connections do not keep their settings.
    for_transaction: Option<Arc<str>>,
}

impl Connector {
    /// Connects for the first time, and finds out what it is connected to.
    pub(super) fn connect_first(address: &PostgresAddress) -> Result<(Self, Session), StoreError> {
        let config = config(address)?;
        let mut connector = Self { config, address: address.clone(), for_transaction: None };
        let mut client = connector.connect_plainly()?;
        if address.is_pooled() || connector.shares_backends(&mut client)? {
            connector.for_transaction = Some(set(address.settings(), true).into());
        }
        let session = connector.session(client)?;
        Ok((connector, session))
    }

    /// Connects.
    pub(super) fn connect(&self) -> Result<Session, StoreError> {
        self.session(self.connect_plainly()?)
    }

    fn connect_plainly(&self) -> Result<Client, StoreError> {
        tls::connect(&self.config, self.address.tls())
    }

    /// Whether a pool stands between that gives each transaction another connection of the database. Where there is no
    /// second connection to find out with, it is taken for granted: that does no harm.
    fn shares_backends(&self, first: &mut Client) -> Result<bool, StoreError> {
        match self.connect_plainly() {
            Ok(mut second) => shares_backends(first, &mut second),
            Err(StoreError::Exhausted(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    fn session(&self, mut client: Client) -> Result<Session, StoreError> {
        if self.for_transaction.is_none() {
            client.batch_execute(&set(self.address.settings(), false))?;
        }
        Ok(Session::new(client, self.for_transaction.clone()))
    }

    /// Where the database is.
    pub(super) fn address(&self) -> &PostgresAddress {
        &self.address
    }
}

fn config(address: &PostgresAddress) -> Result<Config, StoreError> {
    let mut config: Config = address.words().expose().parse().map_err(StoreError::from)?;
    if config.get_connect_timeout().is_none() {
        config.connect_timeout(PATIENCE);
    }
    if config.get_tcp_user_timeout().is_none() {
        config.tcp_user_timeout(PATIENCE);
    }
    if config.get_keepalives_idle() > Duration::from_secs(30) {
        config.keepalives_idle(Duration::from_secs(30));
    }
    if config.get_application_name().is_none() {
        config.application_name("pocketid");
    }
    Ok(config)
}

/// The statement that sets our limits and what the address wants.
fn set(settings: &[ServerSetting], for_transaction: bool) -> String {
    let limits = LIMITS.iter().map(|(name, value)| (*name, literal(value)));
    let durability = [(DURABILITY.0, DURABILITY.1.to_owned())];
    let settings = settings.iter().map(|it| (it.name.as_str(), literal(&it.value)));
    let calls = limits
        .chain(durability)
        .chain(settings)
        .map(|(name, value)| format!("set_config('{name}', {value}, {for_transaction})"));
    format!("SELECT {}", calls.collect::<Vec<_>>().join(", "))
}

/// A text in SQL, however the server takes backslashes.
fn literal(text: &str) -> String {
    format!("E'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// Whether both connections are given the same one of the database in turn: then neither keeps its own between two
/// transactions.
fn shares_backends(first: &mut Client, second: &mut Client) -> Result<bool, StoreError> {
    for _ in 0..LOOKS {
        let before = backend(first, "SELECT pg_backend_pid()")?;
        let of_other = backend(second, "BEGIN; SELECT pg_backend_pid()")?;
        // Asked in this order: where the pool has one connection only, the second question would wait for ever.
        let shares = of_other == before || backend(first, "SELECT pg_backend_pid()")? != before;
        second.batch_execute("ROLLBACK")?;
        if shares {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The process that serves a connection at this moment.
fn backend(client: &mut Client, sql: &str) -> Result<Option<String>, StoreError> {
    let messages = client.simple_query(sql)?;
    Ok(messages.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_settings_are_only_values() {
        let setting =
            |value: &str| ServerSetting { name: "search_path".into(), value: value.into() };
        let sql = set(&[setting("a'b\\, c")], true);
        assert!(sql.ends_with("set_config('search_path', E'a''b\\\\, c', true)"), "{sql}");
        assert!(
            sql.starts_with("SELECT set_config('statement_timeout', E'20000', true), "),
            "{sql}"
        );
    }
}
