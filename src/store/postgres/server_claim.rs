//! Knowing that a server runs: each holds a shared lock in the database as long as its connection lives;
//! whoever replaces all data needs it alone.

use std::{
    fmt,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::JoinHandle,
    time::Duration,
};

use super::{super::StoreError, pool, session::Session};
use crate::{model::database::PostgresAddress, store::value::params};

/// `pocketid` in ASCII, and one more than the lock of migrations.
const SHARED: &str = "SELECT pg_try_advisory_lock_shared(8101241145063860581)::int::bigint";
const ALONE: &str = "SELECT pg_try_advisory_xact_lock(8101241145063860581)::int::bigint";
const ALONE_FOR_LONG: &str = "SELECT pg_try_advisory_lock(8101241145063860581)::int::bigint";

/// How often it is looked whether the connection lives.
const INTERVAL: Duration = Duration::from_secs(5);

/// Held by a server as long as it runs.
pub(in crate::store) struct ServerClaim {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ServerClaim {
    /// Takes the lock, and keeps it over restarts of the database.
    pub(in crate::store) fn take(address: &PostgresAddress) -> Result<Self, StoreError> {
        let mut held = Some(hold(address)?);
        let address = address.clone();
        let (stop, stopped) = channel();
        let keep = move || {
            while let Err(RecvTimeoutError::Timeout) = stopped.recv_timeout(INTERVAL) {
                if !held.as_mut().is_some_and(is_alive) {
                    held = hold(&address).ok();
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
    pub(in crate::store) fn take(address: &PostgresAddress) -> Result<Self, StoreError> {
        let mut session = pool::connect_alone(address)?;
        match is_granted(&mut session, ALONE_FOR_LONG)? {
            true => Ok(Self { _session: session }),
            false => Err(StoreError::Served { path: address.to_string().into() }),
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

fn hold(address: &PostgresAddress) -> Result<Session, StoreError> {
    let mut session = pool::connect_alone(address)?;
    match is_granted(&mut session, SHARED)? {
        true => Ok(session),
        false => Err(StoreError::Restored),
    }
}

fn is_granted(session: &mut Session, sql: &str) -> Result<bool, StoreError> {
    let rows = session.query(sql, params![])?;
    Ok(rows.first().is_some_and(|row| row.get::<_, i64>(0) == 1))
}

/// Asked for real: a connection that is not used does not notice its end.
fn is_alive(session: &mut Session) -> bool {
    session.control("SELECT 1").is_ok()
}
