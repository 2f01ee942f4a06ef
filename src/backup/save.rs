//! From the database to a file.

use std::{
    cell::Cell,
    io::{BufWriter, Write},
};

use super::{BackupError, Facts, Manifest, Progress, write::write};
use crate::store::{Store, StoreError};

const BUFFER: usize = 128 * 1024;

/// Writes a backup of a database that others may write to meanwhile.
///
/// It is read in one transaction. On SQLite that is a snapshot of the log: nobody waits for it, and unlike
/// with SQLite's backup API nothing begins anew when another process writes.
pub fn save<W: Write>(
    store: &Store,
    facts: &Facts<'_>,
    sink: W,
    progress: &dyn Progress,
) -> Result<Manifest, BackupError> {
    let sink = Cell::new(Some(sink));
    store.read_blocking(|tx| {
        // A transaction that begins again would write after what it wrote before.
        let sink = sink.take().ok_or(StoreError::Busy)?;
        let sink = BufWriter::with_capacity(BUFFER, sink);
        let (manifest, mut sink) = write(tx, facts, sink, progress)?;
        sink.flush().map_err(BackupError::Write)?;
        Ok(manifest)
    })
}
