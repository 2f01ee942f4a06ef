//! The only place that knows SQL.
//!
//! [`Store::read`] and [`Store::write`] run a synchronous closure over a transaction; the modules
//! beside this one hold a table family each. The SQL is written in the dialect that SQLite and
//! PostgreSQL share, so that a second engine is a second arm in [`Tx`], not a second set of queries.

pub mod access_tokens;
pub mod audit_events;
pub mod authorization_codes;
pub mod ceremonies;
pub mod clients;
pub mod consents;
pub mod error;
pub mod expired;
pub mod grants;
pub mod groups;
pub mod interactions;
pub mod meta;
mod migrate;
mod network_file_system;
pub mod one_time_access_tokens;
pub mod passkeys;
pub mod reauthentications;
pub mod refresh_tokens;
mod server_claim;
pub mod sessions;
pub mod signing_keys;
mod sqlite;
#[cfg(test)]
mod tests;
mod tx;
pub mod users;
mod value;
mod writer;

use std::path::{Path, PathBuf};

pub use error::StoreError;
pub use server_claim::ServerClaim;
pub use tx::{Row, Tx};
use writer::Writer;

/// The database: many readers, one writer.
#[derive(Debug)]
pub struct Store {
    readers: sqlite::Readers,
    writer: Writer,
    path: PathBuf,
}

impl Store {
    /// Opens the database at `path`, creates it if it is missing, and migrates it.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = sqlite::open_writer(path)?;
        migrate::migrate(&mut connection, path)?;
        Ok(Self {
            readers: sqlite::Readers::new(path),
            writer: Writer::start(connection)?,
            path: path.to_owned(),
        })
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The network file system that the database is on, if it is on one. SQLite's locks are not to be
    /// trusted there.
    pub fn network_file_system(&self) -> Option<&'static str> {
        network_file_system::of(&self.path)
    }

    /// Makes this process the one server of the database. Two would each believe themselves alone;
    /// commands beside a server are fine.
    pub fn claim_for_server(&self) -> Result<ServerClaim, StoreError> {
        ServerClaim::take(&self.path)
    }

    /// Reads over one consistent snapshot.
    ///
    /// It is asynchronous for the sake of engines across a network. SQLite answers in place: a
    /// point read takes microseconds, a hop to another thread and back 50.
    #[expect(clippy::unused_async, reason = "an engine across a network has to wait")]
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        E: From<StoreError>,
    {
        self.read_blocking(work)
    }

    /// [`Store::read`] for callers that are not asynchronous.
    pub fn read_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E>,
        E: From<StoreError>,
    {
        self.readers.with(work)
    }

    /// Writes in one transaction. `Ok` means that it is on disk; `Err` that nothing was changed.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let answer = self.writer.submit(work)?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Stopped.into()))
    }

    /// [`Store::write`] for callers that are not asynchronous.
    pub fn write_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let answer = self.writer.submit(work)?;
        answer.blocking_recv().unwrap_or_else(|_| Err(StoreError::Stopped.into()))
    }
}
