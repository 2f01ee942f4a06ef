//! SQLite: one writer with group commit, readers in place.

mod bulk;
mod connections;
mod migrate;
mod replace;
mod server_claim;
mod statement;
#[cfg(test)]
mod tests;
mod writer;

use std::path::{Path, PathBuf};

pub(super) use bulk::{Bulk, each_row};
use connections::Readers;
pub(super) use migrate::{NEWEST, migrate_to};
pub(super) use replace::{build_apart, replace};
use rusqlite::Connection;
pub(super) use server_claim::ServerClaim;
pub(super) use statement::{execute, params, value};
use writer::Writer;

use super::{StoreError, Tx, file_system};

/// A database in a file.
#[derive(Debug)]
pub(super) struct Sqlite {
    readers: Readers,
    writer: Writer,
    path: PathBuf,
}

impl Sqlite {
    /// Opens the file, creates it if it is missing, and migrates it.
    pub(super) fn open(path: &Path) -> Result<Self, StoreError> {
        let mut connection = connections::open_writer(path)?;
        migrate::migrate(&mut connection, path)?;
        Self::of(connection, path)
    }

    /// Opens a file whose schema is up to date, and refuses others.
    pub(super) fn open_as_it_is(path: &Path) -> Result<Self, StoreError> {
        let connection = connections::open_writer(path)?;
        migrate::refuse_other_versions(&connection)?;
        Self::of(connection, path)
    }

    fn of(connection: Connection, path: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            readers: Readers::new(path),
            writer: Writer::start(connection)?,
            path: path.to_owned(),
        })
    }

    /// The network file system that the file is on, if it is on one.
    pub(super) fn network_file_system(&self) -> Option<&'static str> {
        file_system::network(&self.path)
    }

    /// Makes this process the one server of the file.
    pub(super) fn claim_for_server(&self) -> Result<ServerClaim, StoreError> {
        ServerClaim::take(&self.path)
    }

    /// Copies the file beside itself.
    pub(super) fn keep_copy(&self, suffix: &str) -> Result<PathBuf, StoreError> {
        let copy = connections::create_kept(&self.path, suffix)?;
        let connection = connections::open_as_it_is(&self.path)?;
        migrate::copy_to(&connection, &copy).map(|()| copy)
    }

    /// Reads, here and now.
    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        self.readers.with(work)
    }

    /// The thread that writes.
    pub(super) fn writer(&self) -> &Writer {
        &self.writer
    }
}
