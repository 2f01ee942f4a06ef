//! Opens connections to PostgreSQL, and detects connection poolers in between.
//!
//! A pooler such as pgbouncer may sit in front of the database. It rejects settings in the startup
//! message, so ours are set afterwards. In transaction pooling mode each transaction gets another
//! backend, so settings are lost between transactions, and prepared statements with the same name
//! collide. The mode is detected before anything is prepared.

use std::{sync::Arc, time::Duration};

use ::postgres::{Client, Config, SimpleQueryMessage};

use super::{super::StoreError, home, schemas::literal, session::PostgresConnection, tls};
use crate::model::database::{PostgresAddress, ServerSetting};

/// The timeout for connecting to the server.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// The number of attempts to detect transaction pooling; other clients may distort a single one.
const LOOKS: u32 = 3;

/// Timeouts in milliseconds: for a statement, for a lock, and for an idle transaction. Settings in
/// the address override them.
const LIMITS: [(&str, &str); 3] = [
    ("statement_timeout", "20000"),
    ("lock_timeout", "10000"),
    ("idle_in_transaction_session_timeout", "30000"),
];

/// The cost of reading a page in random order, beside one in order. Pages are in memory or on an SSD; with
/// the usual 4, a count of 100,000 accounts reads the table and not an index of it.
const RANDOM_PAGE: (&str, &str) = ("random_page_cost", "1.1");

/// Makes commits durable even if the role or the database sets `synchronous_commit` to `off`.
/// Stricter values stay, and the address overrides it.
const DURABILITY: (&str, &str) = (
    "synchronous_commit",
    "pg_catalog.replace(pg_catalog.current_setting('synchronous_commit'::pg_catalog.text), \
     'off'::pg_catalog.text, 'on'::pg_catalog.text)",
);

/// Opens connections to one database.
#[derive(Clone)]
pub(super) struct Connector {
    config: Config,
    address: PostgresAddress,
    /// The statement with the settings of each transaction, for transaction pooling.
    for_transaction: Option<Arc<str>>,
    /// The schema of our tables, quoted; `None` before it is chosen.
    home: Option<String>,
}

impl Connector {
    /// Opens the first connection, and detects transaction pooling.
    pub(super) fn connect_first(
        address: &PostgresAddress,
    ) -> Result<(Self, PostgresConnection), StoreError> {
        let config = config(address)?;
        let address = address.clone();
        let mut connector = Self { config, address, for_transaction: None, home: None };
        let mut client = connector.connect_plainly()?;
        connector.home = Some(home::choose(&mut client, &connector.address)?);
        if connector.address.is_pooled() || connector.shares_backends(&mut client)? {
            connector.for_transaction = Some(connector.set(true).into());
        }
        let session = connector.session(client)?;
        Ok((connector, session))
    }

    /// Opens a connection.
    pub(super) fn connect(&self) -> Result<PostgresConnection, StoreError> {
        self.session(self.connect_plainly()?)
    }

    fn connect_plainly(&self) -> Result<Client, StoreError> {
        tls::connect(&self.config, self.address.tls())
    }

    /// Whether a pooler in transaction mode is in between. Without a second connection to test
    /// with, assumes so, which does no harm.
    fn shares_backends(&self, first: &mut Client) -> Result<bool, StoreError> {
        match self.connect_plainly() {
            Ok(mut second) => shares_backends(first, &mut second),
            Err(StoreError::Exhausted(_)) => Ok(true),
            Err(error) => Err(error),
        }
    }

    fn session(&self, mut client: Client) -> Result<PostgresConnection, StoreError> {
        if self.for_transaction.is_none() {
            client.batch_execute(&self.set(false))?;
        }
        Ok(PostgresConnection::new(client, self.for_transaction.clone()))
    }

    /// The statement that sets our limits, our schema, and the settings of the address.
    fn set(&self, for_transaction: bool) -> String {
        let home = self
            .home
            .as_ref()
            .map(|home| ServerSetting { name: "search_path".to_owned(), value: home.clone() });
        // The schema was chosen from the search path of the address, which may have several.
        let others = self.address.settings().iter().filter(|it| !it.is_search_path());
        let settings: Vec<_> = home.iter().chain(others).cloned().collect();
        set(&settings, for_transaction)
    }

    /// A table of ours with its schema.
    pub(super) fn qualified(&self, table: &str) -> String {
        self.home.as_ref().map_or_else(|| table.to_owned(), |home| format!("{home}.{table}"))
    }

    /// The address of the database.
    pub(super) fn address(&self) -> &PostgresAddress {
        &self.address
    }
}

pub(super) fn config(address: &PostgresAddress) -> Result<Config, StoreError> {
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

/// The statement that sets our limits and the settings of the address.
pub(super) fn set(settings: &[ServerSetting], for_transaction: bool) -> String {
    let ours = LIMITS.iter().chain([&RANDOM_PAGE]);
    let ours = ours.map(|(name, value)| (*name, literal(value)));
    let durability = [(DURABILITY.0, DURABILITY.1.to_owned())];
    let settings = settings.iter().map(|it| (it.name.as_str(), literal(&it.value)));
    let calls = ours.chain(durability).chain(settings).map(|(name, value)| {
        format!("pg_catalog.set_config('{name}', {value}, {for_transaction})")
    });
    format!("SELECT {}", calls.collect::<Vec<_>>().join(", "))
}

/// Whether both connections share backends: then neither keeps its own between two transactions.
fn shares_backends(first: &mut Client, second: &mut Client) -> Result<bool, StoreError> {
    for _ in 0..LOOKS {
        let before = backend(first, "SELECT pg_catalog.pg_backend_pid()")?;
        let of_other = backend(second, "BEGIN; SELECT pg_catalog.pg_backend_pid()")?;
        // The order matters: with only one backend in the pool, the second query would wait
        // forever.
        let shares =
            of_other == before || backend(first, "SELECT pg_catalog.pg_backend_pid()")? != before;
        second.batch_execute("ROLLBACK")?;
        if shares {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The backend process that currently serves a connection.
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
        assert!(
            sql.ends_with("pg_catalog.set_config('search_path', E'a''b\\\\, c', true)"),
            "{sql}"
        );
        assert!(
            sql.starts_with("SELECT pg_catalog.set_config('statement_timeout', E'20000', true), "),
            "{sql}"
        );
    }
}
