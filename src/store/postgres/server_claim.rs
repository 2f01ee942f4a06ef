//! Knowing that a server runs: each holds a shared lock in the database as long as its connection lives;
//! whoever replaces all data needs it alone. Behind a pool that gives each transaction another connection, a
//! transaction that does nothing else holds the lock.

use std::{
    fmt,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::JoinHandle,
    time::Duration,
};

use super::{super::StoreError, connect::Connector, session::Session};
use crate::store::value::params;

/// `pocketid` in ASCII, and one more than the lock of migrations.
const SHARED: Lock = Lock {
    of_session: "SELECT pg_try_advisory_lock_shared(8101241145063860581)::int::bigint",
    of_transaction: "SELECT pg_try_advisory_xact_lock_shared(8101241145063860581)::int::bigint",
};
const ALONE_FOR_LONG: Lock = Lock {
    of_session: "SELECT pg_try_advisory_lock(8101241145063860581)::int::bigint",
    of_transaction: ALONE,
};
const ALONE: &str = "SELECT pg_try_advisory_xact_lock(8101241145063860581)::int::bigint";

/// The two ways to hold a lock for long.
struct Lock {
    of_session: &'static str,
    of_transaction: &'static str,
}

/// How often it is looked whether the connection lives.
const INTERVAL: Duration = Duration::from_secs(5);

/// Held by a server as long as it runs.
pub(in crate::store) struct ServerClaim {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ServerClaim {
    /// Takes the lock, and keeps it over restarts of the database.
    pub(super) fn take(connector: &Connector) -> Result<Self, StoreError> {
        let mut held = Some(hold(connector)?);
        let connector = connector.clone();
        let (stop, stopped) = channel();
        let keep = move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(INTERVAL) {
                if !held.as_mut().is_some_and(is_alive) {
                    held = hold(&connector).ok();
                }
            }
        };
        let thread = std::thread::Builder::new()
            .name("server-claim".into())
            .spawn(keep)
            .map_err(|_| StoreError::Stopped)?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for ServerClaim {
    /// The lock is free once this returns.
    fn drop(&mut self) {
        self.stop = None;
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl fmt::Debug for ServerClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerClaim")
    }
}

/// Held by whoever changes what servers have in memory: none runs, and none starts.
pub(in crate::store) struct ClaimAlone {
    _session: Session,
}

impl ClaimAlone {
    /// Takes the lock, which ends with the connection.
    pub(super) fn take(connector: &Connector) -> Result<Self, StoreError> {
        let mut session = connector.connect()?;
        match is_granted_for_long(&mut session, &ALONE_FOR_LONG)? {
            true => Ok(Self { _session: session }),
            false => Err(StoreError::Served { path: connector.address().to_string().into() }),
        }
    }
}

impl fmt::Debug for ClaimAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClaimAlone")
    }
}

/// Makes sure, until the transaction ends, that no server runs and that none starts.
pub(super) fn claim_alone(session: &mut Session, database: String) -> Result<(), StoreError> {
    match is_granted(session, ALONE)? {
        true => Ok(()),
        false => Err(StoreError::Served { path: database.into() }),
    }
}

fn hold(connector: &Connector) -> Result<Session, StoreError> {
    let mut session = connector.connect()?;
    match is_granted_for_long(&mut session, &SHARED)? {
        true => Ok(session),
        false => Err(StoreError::Restored),
    }
}

fn is_granted_for_long(session: &mut Session, lock: &Lock) -> Result<bool, StoreError> {
    if !session.is_pooled() {
        return is_granted(session, lock.of_session);
    }
    // Between its statements this transaction has no snapshot, so it keeps no row from being cleaned up.
    session.begin("BEGIN")?;
    session.lift_limits()?;
    is_granted(session, lock.of_transaction)
}

fn is_granted(session: &mut Session, sql: &str) -> Result<bool, StoreError> {
    let rows = session.query(sql, params![])?;
    Ok(rows.first().is_some_and(|row| row.get::<_, i64>(0) == 1))
}

/// Asked for real: a connection that is not used does not notice its end.
fn is_alive(session: &mut Session) -> bool {
    session.control("SELECT 1").is_ok()
}
