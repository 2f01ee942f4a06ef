//! One writer thread, with group commit.
//!
//! Writes queue up while a commit waits for the disk. The next transaction runs all of them, each
//! in its own savepoint, and answers them after its commit. So 64 clients share one `fsync`, and
//! still no caller is answered before its write is on disk.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::{
    super::{StoreError, Tx, outage::Outage},
    connections::run_statement,
    place::OpenFile,
};

/// The most writes per commit; bounds how long the first of them waits.
const BATCH: usize = 128;
/// The most waiting writes. Further callers get `Busy`.
const QUEUE: usize = 4_096;

/// A queued write: runs in a savepoint, then reports the commit to its caller.
trait Job: Send {
    /// Runs the closure. `false` means that its changes must be rolled back.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Answers the caller.
    fn answer(self: Box<Self>, commit: Result<(), StoreError>);
}

struct Write<T, E, F> {
    work: Option<F>,
    result: Option<Result<T, E>>,
    caller: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Job for Write<T, E, F>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(work) = self.work.take() else { return false };
        // A panic rolls back only this write; its caller gets `Stopped`.
        self.result = catch_unwind(AssertUnwindSafe(|| work(tx))).ok();
        matches!(self.result, Some(Ok(_)))
    }

    fn answer(self: Box<Self>, commit: Result<(), StoreError>) {
        let answer = match (self.result, commit) {
            // Its changes were rolled back, independent of the commit of the others.
            (Some(Err(error)), _) => Err(error),
            (_, Err(error)) => Err(error.into()),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (None, Ok(())) => Err(StoreError::Stopped.into()),
        };
        // The caller may be gone; the write is still valid.
        drop(self.caller.send(answer));
    }
}

/// The queue to the writing thread.
#[derive(Debug)]
pub(in crate::store) struct Writer {
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
        let thread = std::thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || Writing { connection, place, outage }.run(&jobs))
            .map_err(|_| StoreError::Stopped)?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues a write.
    pub(in crate::store) fn submit<T, E, F>(
        &self,
        work: F,
    ) -> Result<oneshot::Receiver<Result<T, E>>, StoreError>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = Box::new(Write { work: Some(work), result: None, caller });
        let queue = self.queue.as_ref().ok_or(StoreError::Stopped)?;
        queue.try_send(job).map_err(|error| match error {
            std::sync::mpsc::TrySendError::Full(_) => StoreError::Busy,
            std::sync::mpsc::TrySendError::Disconnected(_) => StoreError::Stopped,
        })?;
        Ok(answer)
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
                batch.into_iter().zip(errors).for_each(|(job, error)| job.answer(Err(error)));
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
        if !job.run(&mut Tx::sqlite(&self.connection).noting(noted)) {
            run_statement(&self.connection, "ROLLBACK TO write")?;
        }
        run_statement(&self.connection, "RELEASE write")
    }
}
