//! PostgreSQL: a pool of connections, retries of conflicting transactions, and tracking of outages.

mod before_migration;
mod bulk;
mod connect;
mod copy;
mod error;
mod foreign;
mod home;
mod migrate;
mod migrations;
mod path;
mod pool;
mod replace;
mod retry;
mod roll_back;
mod schemas;
mod server_claim;
mod session;
mod tls;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

pub(super) use bulk::Bulk;
use connect::{Connector, PATIENCE};
pub use foreign::ForeignServer;
use pool::Pool;
pub(super) use replace::replace;
use retry::Retry;
pub(super) use roll_back::{find_earlier, roll_back};
pub(super) use server_claim::{ClaimAlone, ServerClaim};
pub(super) use session::{PostgresConnection, value};

use super::{
    StoreError, Tx,
    job::{self, Job, Work},
    outage::Outage,
};
use crate::model::database::PostgresAddress;

/// The start of a transaction that reads.
const SNAPSHOT: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// The start of a transaction that writes.
const ISOLATED: &str = "BEGIN ISOLATION LEVEL SERIALIZABLE";

/// The most writes at the same time: fewer than connections.
const WRITES: usize = 12;

fn turns() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(WRITES))
}

/// A PostgreSQL database.
#[derive(Debug)]
pub(super) struct Postgres {
    pool: Pool,
    outage: Outage,
    turns: Arc<Semaphore>,
}

impl Postgres {
    /// Connects and migrates. Concurrent starts migrate one after the other.
    pub(super) fn open(address: &PostgresAddress, outage: Outage) -> Result<Self, StoreError> {
        let (connector, mut session) = Connector::connect_first(address)?;
        migrate::migrate(&mut session)?;
        Ok(Self { pool: Pool::new(connector, session), outage, turns: turns() })
    }

    /// How many connections are open.
    pub(super) fn connections(&self) -> pool::ConnectionCounts {
        self.pool.count()
    }

    /// Registers a running server, which blocks a restore.
    pub(super) fn claim_for_server(&self) -> Result<ServerClaim, StoreError> {
        ServerClaim::take(self.pool.connector())
    }

    /// Fails if a server is running; keeps servers from starting while held.
    pub(super) fn claim_alone(&self) -> Result<ClaimAlone, StoreError> {
        ClaimAlone::take(self.pool.connector())
    }

    /// Connects to a database. Fails unless its schema is up to date.
    pub(super) fn open_as_it_is(
        address: &PostgresAddress,
        outage: Outage,
    ) -> Result<Self, StoreError> {
        let (connector, mut session) = Connector::connect_first(address)?;
        migrate::refuse_other_versions(&mut session)?;
        Ok(Self { pool: Pool::new(connector, session), outage, turns: turns() })
    }

    /// Waits for a turn to write, which ends when it is dropped. Writes may wait for each other's rows, and then keep
    /// their connections and threads; reads have the others.
    pub(super) async fn turn(&self) -> Result<OwnedSemaphorePermit, StoreError> {
        let turn = Arc::clone(&self.turns).acquire_owned();
        match tokio::time::timeout(PATIENCE, turn).await {
            Ok(turn) => turn.map_err(|_| StoreError::Stopped),
            Err(_) => Err(StoreError::Overloaded),
        }
    }

    /// Reads from one snapshot.
    pub(super) fn read<T, E: From<StoreError>>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        job::run(work, |work| self.run(SNAPSHOT, &Outage::default(), work))
    }

    /// [`Self::read`], for a caller on another thread.
    pub(super) fn read_for(&self, mut job: Box<dyn Job>) {
        let ended = self.run(SNAPSHOT, &Outage::default(), &mut |tx| job.run(tx));
        job.answer(ended);
    }

    /// Writes in isolation from concurrent transactions (isolation level SERIALIZABLE).
    pub(super) fn write<T, E: From<StoreError>>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        job::run(work, |work| self.run(ISOLATED, &self.outage, work))
    }

    /// [`Self::write`], for a caller on another thread.
    pub(super) fn write_for(&self, mut job: Box<dyn Job>) {
        let mut has_run = false;
        // A conflict has undone all: without anybody who waits, it is not tried again.
        let ended = self.run(ISOLATED, &self.outage, &mut |tx| {
            let is_wanted = !has_run || job.is_awaited();
            has_run = true;
            is_wanted && job.run(tx)
        });
        job.answer(ended);
    }

    fn run(&self, begin: &str, outage: &Outage, work: &mut Work<'_>) -> Result<(), StoreError> {
        let mut retry = Retry::start();
        loop {
            let alone = (begin == ISOLATED && retry.is_starved()).then(|| self.alone());
            match self.attempt(alone.as_deref().unwrap_or(begin), outage, work) {
                Attempt::Done(result) => return result.map(drop),
                Attempt::Again => thread::sleep(retry.pause().ok_or(StoreError::Overloaded)?),
            }
        }
    }

    /// The start of a transaction that writes while nobody else writes grants. One over many of them would collide with
    /// each that is issued meanwhile, for ever. The lock comes before the snapshot, which then has all that others have
    /// written; and before the settings of a transaction behind a pooler, which take a snapshot.
    fn alone(&self) -> String {
        let grants = self.pool.connector().qualified("grants");
        format!(
            "{ISOLATED}; SET LOCAL lock_timeout = '10s'; LOCK TABLE {grants} IN SHARE ROW EXCLUSIVE MODE"
        )
    }

    fn attempt(&self, begin: &str, outage: &Outage, work: &mut Work<'_>) -> Attempt {
        let noted = Outage::default();
        let outcome = self.pool.with(|session| {
            session.begin(begin).map_err(|error| match error {
                StoreError::Unreachable { .. } => StoreError::Stale,
                error => error,
            })?;
            // A panic rolls back only this transaction; its caller gets `Stopped`.
            let work = AssertUnwindSafe(|| work(&mut Tx::postgres(session).noting(&noted)));
            let commits = catch_unwind(work).map_err(|_| StoreError::Stopped);
            let end = if matches!(commits, Ok(true)) { "COMMIT" } else { "ROLLBACK" };
            let ended = session.control(end);
            // A transaction rolled back because of a conflict has no meaningful result.
            if session.take_conflict() {
                return Ok(Attempt::Again);
            }
            Ok(Attempt::Done(match (commits, ended) {
                (Ok(true), Err(error)) => {
                    noted.note(&error);
                    Err(error)
                }
                (commits, _) => commits,
            }))
        });
        let attempt = outcome.unwrap_or_else(|error: StoreError| match error {
            // The idle connection was lost, for example by a restart of the server. Nothing had
            // started, so retry on another one.
            StoreError::Stale => Attempt::Again,
            error => {
                noted.note(&error);
                Attempt::Done(Err(error))
            }
        });
        outage.learn(&noted, matches!(attempt, Attempt::Done(Ok(true))));
        attempt
    }
}

enum Attempt {
    Again,
    /// Whether it was committed, as the work wanted.
    Done(Result<bool, StoreError>),
}
