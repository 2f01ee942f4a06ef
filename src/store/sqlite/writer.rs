//! One writer thread, with group commit.
//!
//! Writes queue up while a commit waits for the disk. The next transaction runs all of them, each
//! in its own savepoint, and answers them after its commit. So 64 clients share one `fsync`, and
//! still no caller is answered before its write is on disk.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::Connection;

use super::{
    super::{StoreError, Tx, job::Job, outage::Outage},
    connections::run_statement,
    place::OpenFile,
};

/// The most writes per commit; bounds how long the first of them waits.
const BATCH: usize = 128;
/// The most waiting writes. Further callers get `Overloaded`.
const QUEUE: usize = 4_096;

#[derive(Debug, Default)]
struct WriterCounts {
    submitted: AtomicU64,
    taken: AtomicU64,
    commits: AtomicU64,
}

/// How much the writer has to do, and has done since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriterLoad {
    /// The writes that wait.
    pub waiting: u64,
    /// The writes that were done, several of which share a commit.
    pub writes: u64,
    /// The commits.
    pub commits: u64,
}

/// The queue to the writing thread.
#[derive(Debug)]
pub(in crate::store) struct Writer {
    counts: Arc<WriterCounts>,
    queue: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread, which owns the connection.
    pub(in crate::store) fn start(
        connection: Connection,
        place: Arc<OpenFile>,
        outage: Outage,
    ) -> Result<Self, StoreError> {
        let (queue, jobs) = sync_channel(QUEUE);
        let counts = Arc::new(WriterCounts::default());
        let counted = Arc::clone(&counts);
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || Writing { connection, place, outage, counts: counted }.run(&jobs))
            .map_err(|_| StoreError::Stopped)?;
        Ok(Self { counts, queue: Some(queue), thread: Some(thread) })
    }

    /// Queues a write.
    pub(in crate::store) fn submit(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        let queue = self.queue.as_ref().ok_or(StoreError::Stopped)?;
        queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Overloaded,
            TrySendError::Disconnected(_) => StoreError::Stopped,
        })?;
        self.counts.submitted.fetch_add(1, Relaxed);
        Ok(())
    }

    /// How much it has to do.
    pub(in crate::store) fn load(&self) -> WriterLoad {
        let counts = &self.counts;
        let writes = counts.taken.load(Relaxed);
        let waiting = counts.submitted.load(Relaxed).saturating_sub(writes);
        WriterLoad { waiting, writes, commits: counts.commits.load(Relaxed) }
    }
}

impl Drop for Writer {
    /// Waits until all queued writes are done.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// The state of the writer thread.
struct Writing {
    connection: Connection,
    place: Arc<OpenFile>,
    outage: Outage,
    counts: Arc<WriterCounts>,
}

impl Writing {
    fn run(&self, jobs: &Receiver<Box<dyn Job>>) {
        let mut has_written = false;
        while let Ok(first) = jobs.recv() {
            has_written = true;
            let batch = std::iter::once(first).chain(jobs.try_iter().take(BATCH - 1)).collect();
            self.commit_batch(batch);
        }
        if has_written {
            // Truncates the WAL. If another process is busy, does not wait: that process will do
            // it.
            let connection = &self.connection;
            drop(connection.busy_timeout(Duration::ZERO));
            drop(connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
        }
    }

    fn commit_batch(&self, mut batch: Vec<Box<dyn Job>>) {
        self.counts.taken.fetch_add(batch.len() as u64, Relaxed);
        self.counts.commits.fetch_add(1, Relaxed);
        let noted = Outage::default();
        let written = self.write_batch(&mut batch, &noted);
        if let Err(error) = &written {
            noted.note(error);
        }
        self.outage.learn(&noted, written.is_ok());
        match written {
            Ok(()) => batch.into_iter().for_each(|job| job.answer(Ok(()))),
            Err(error) => {
                // Without an open transaction the rollback fails, which is harmless.
                drop(run_statement(&self.connection, "ROLLBACK"));
                let twins: Vec<StoreError> = batch.iter().skip(1).map(|_| error.twin()).collect();
                let errors = std::iter::once(error).chain(twins);
                for (job, error) in batch.into_iter().zip(errors) {
                    // The changes of a failed job were rolled back, independent of the commit of the others.
                    let ended = if job.has_failed() { Ok(()) } else { Err(error) };
                    job.answer(ended);
                }
            }
        }
    }

    /// Checks the place of the file before, so that no write goes to a replaced file, and after the
    /// commit, so that no such write is acknowledged.
    fn write_batch(&self, batch: &mut [Box<dyn Job>], noted: &Outage) -> Result<(), StoreError> {
        self.place.check()?;
        run_statement(&self.connection, "BEGIN IMMEDIATE")?;
        for job in batch {
            self.run_in_savepoint(job.as_mut(), noted)?;
        }
        run_statement(&self.connection, "COMMIT")?;
        self.place.note_log();
        self.place.check()
    }

    fn run_in_savepoint(&self, job: &mut dyn Job, noted: &Outage) -> Result<(), StoreError> {
        run_statement(&self.connection, "SAVEPOINT write")?;
        let run = || job.run(&mut Tx::sqlite(&self.connection).noting(noted));
        // A panic rolls back only this write; its caller gets `Stopped`.
        if !catch_unwind(AssertUnwindSafe(run)).unwrap_or(false) {
            run_statement(&self.connection, "ROLLBACK TO write")?;
        }
        run_statement(&self.connection, "RELEASE write")
    }
}
