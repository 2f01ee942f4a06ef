//! Saves the database to a file.

use std::{
    cell::Cell,
    io::{BufWriter, Write},
};

use super::{BackupError, Facts, Manifest, Progress, write::write};
use crate::{
    crypto::{Rng, Secret, age},
    store::{Store, StoreError},
};

const BUFFER: usize = 128 * 1024;

/// The passphrase that encrypts a backup.
#[derive(Debug, Clone, Copy)]
pub struct Protection<'a> {
    /// The passphrase.
    pub passphrase: &'a Secret,
    /// The source of random keys.
    pub rng: &'a dyn Rng,
}

/// Writes a backup of a database while other writers may be active.
///
/// Reads in one transaction. On SQLite that is a WAL snapshot: no writer waits for it. SQLite's
/// backup API, in contrast, restarts when another process writes.
pub fn save<W: Write>(
    store: &Store,
    facts: &Facts<'_>,
    protection: Option<Protection<'_>>,
    sink: W,
    progress: &dyn Progress,
) -> Result<Manifest, BackupError> {
    let Some(Protection { passphrase, rng }) = protection else {
        return save_plain(store, facts, sink, progress);
    };
    let sink = BufWriter::with_capacity(BUFFER, sink);
    let mut sink = age::encrypt(sink, passphrase, rng).map_err(BackupError::Write)?;
    let manifest = save_plain(store, facts, &mut sink, progress)?;
    sink.finish().and_then(|mut sink| sink.flush()).map_err(BackupError::Write)?;
    Ok(manifest)
}

fn save_plain<W: Write>(
    store: &Store,
    facts: &Facts<'_>,
    sink: W,
    progress: &dyn Progress,
) -> Result<Manifest, BackupError> {
    let sink = Cell::new(Some(sink));
    store.read_blocking(|tx| {
        // A restarted transaction would append to the output of the first attempt, so fail.
        let sink = sink.take().ok_or(StoreError::Overloaded)?;
        let sink = BufWriter::with_capacity(BUFFER, sink);
        let (manifest, mut sink) = write(tx, facts, sink, progress)?;
        sink.flush().map_err(BackupError::Write)?;
        Ok(manifest)
    })
}
