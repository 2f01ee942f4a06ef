//! SQLite: one writer thread with group commit, readers on the calling threads.

mod bulk;
mod connections;
mod migrate;
mod migrations;
mod place;
#[cfg(debug_assertions)]
mod plans;
mod replace;
mod roll_back;
mod server_claim;
mod statement;
mod statistics;
mod strpos;
#[cfg(test)]
mod tests;
mod writer;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

pub(super) use bulk::{Bulk, each_row};
use connections::Readers;
pub(super) use migrations::{NEWEST, migrate_to};
use place::OpenFile;
pub(super) use replace::{build_apart, replace};
pub(super) use roll_back::{find_earlier, roll_back};
use rusqlite::Connection;
pub(super) use server_claim::ServerClaim;
pub(super) use statement::{execute, params, prepare, value};
use writer::Writer;
pub use writer::WriterLoad;

use super::{
    StoreError, Tx, file_system, foreign,
    job::{self, Job},
    outage::Outage,
    setup,
};

/// A database in a file.
#[derive(Debug)]
pub(super) struct Sqlite {
    readers: Readers,
    writer: Writer,
    place: Arc<OpenFile>,
}

impl Sqlite {
    /// Opens the file, creates it if it is missing, and migrates it.
    pub(super) fn open(given: &Path, outage: Outage) -> Result<Self, StoreError> {
        let path = file_system::followed(given);
        let left_behind = left_behind(&path);
        let mut connection = connections::open_writer(&path)?;
        migrate::migrate(&mut connection, &path)?;
        if let Some(left_behind) = left_behind {
            setup::note_left_behind(&mut Tx::sqlite(&connection), &left_behind)?;
        }
        statistics::drop_all(&connection)?;
        Self::of(connection, OpenFile::of(&path, given), outage)
    }

    /// Opens a file. Fails unless its schema is up to date.
    pub(super) fn open_as_it_is(given: &Path, outage: Outage) -> Result<Self, StoreError> {
        let path = file_system::followed(given);
        let connection = connections::open_writer(&path)?;
        migrations::refuse_other_versions(&connection)?;
        Self::of(connection, OpenFile::of(&path, given), outage)
    }

    fn of(connection: Connection, place: OpenFile, outage: Outage) -> Result<Self, StoreError> {
        let place = Arc::new(place);
        Ok(Self {
            readers: Readers::new(Arc::clone(&place)),
            writer: Writer::start(connection, Arc::clone(&place), outage)?,
            place,
        })
    }

    /// Fails if the file was moved, removed or replaced.
    pub(super) fn check_place(&self) -> Result<(), StoreError> {
        self.place.check()
    }

    /// The network file system that the file is on, if it is on one.
    pub(super) fn network_file_system(&self) -> Option<&'static str> {
        file_system::network(self.place.path())
    }

    /// Registers this process as the only server of the file.
    pub(super) fn claim_for_server(&self) -> Result<ServerClaim, StoreError> {
        ServerClaim::take(self.place.path())
    }

    /// Moves the log into the file (a checkpoint), unless a reader needs the log.
    pub(super) fn settle(&self) -> Result<(), StoreError> {
        let connection = connections::open_as_it_is(self.place.path())?;
        Ok(connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?)
    }

    /// Copies the file beside itself.
    pub(super) fn keep_copy(&self, suffix: &str) -> Result<PathBuf, StoreError> {
        let copy = connections::create_kept(self.place.path(), suffix)?;
        let connection = connections::open_as_it_is(self.place.path())?;
        migrate::copy_to(&connection, &copy).map(|()| copy)
    }

    /// Reads on the calling thread.
    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        job::run(work, |work| self.readers.with(work))
    }

    /// Reads on the calling thread; fails with [`StoreError::TimedOut`] after `longest`.
    pub(super) fn read_within<T, E: From<StoreError>>(
        &self,
        longest: Duration,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        job::run(work, |work| self.readers.with_deadline(longest, work))
    }

    /// [`Self::read_within`], for a caller on another thread.
    pub(super) fn read_for(&self, longest: Duration, mut job: Box<dyn Job>) {
        let ended = self.readers.with_deadline(longest, &mut |tx| job.run(tx));
        job.answer(ended);
    }

    /// The writer thread.
    pub(super) fn writer(&self) -> &Writer {
        &self.writer
    }
}

/// The size of a file without tables: its first page.
const HEADER: u64 = 4096;

/// A file of an earlier database at the path of a new one: the earlier database may have been moved away while it
/// was served, or a volume may hold only some of its files.
pub fn left_behind(path: &Path) -> Option<PathBuf> {
    let beside = |suffix: &&str| file_system::beside(path, suffix);
    let found = ["-wal", "-shm", ".serving"].iter().map(beside).find(|path| path.exists());
    // In this order: another process may be creating the database, and its other files, right now.
    match path.metadata() {
        Err(_) => found,
        // A server was there, but all its tables are gone, with the log in which they were or by emptying the file.
        Ok(file) if file.len() == 0 || (file.len() <= HEADER && !foreign::has_log(path)) => {
            Some(beside(&".serving")).filter(|lock| lock.exists())
        }
        Ok(_) => None,
    }
}
