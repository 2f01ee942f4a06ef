//! Detects running servers by advisory locks. Each server holds a shared lock as long as its
//! connection lives; replacing all data needs the exclusive lock. Behind a pooler in transaction
//! mode, an otherwise idle transaction holds the lock.

use std::{
    fmt,
    sync::mpsc::{RecvTimeoutError, Sender, channel},
    thread::JoinHandle,
    time::Duration,
};

use super::{super::StoreError, connect::Connector, session::PostgresConnection};
use crate::store::value::params;

/// The advisory lock of servers: the number of the migration lock (`pocketid` in ASCII) plus one.
const SHARED: Lock = Lock {
    of_session: "SELECT pg_try_advisory_lock_shared(8101241145063860581)::int::bigint",
    of_transaction: "SELECT pg_try_advisory_xact_lock_shared(8101241145063860581)::int::bigint",
};
const ALONE_FOR_LONG: Lock = Lock {
    of_session: "SELECT pg_try_advisory_lock(8101241145063860581)::int::bigint",
    of_transaction: ALONE,
};
const ALONE: &str = "SELECT pg_try_advisory_xact_lock(8101241145063860581)::int::bigint";

/// The statements to hold a lock for long: by a session or by a transaction.
struct Lock {
    of_session: &'static str,
    of_transaction: &'static str,
}

/// The interval between checks of the connection.
const INTERVAL: Duration = Duration::from_secs(5);

/// The claim of a running server; dropping it releases the lock.
pub(in crate::store) struct ServerClaim {
    stop: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ServerClaim {
    /// Takes the lock, and takes it again after restarts of the database.
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
    /// Returns after the lock is released.
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

/// An exclusive claim for changes of data that servers cache: no server runs or starts while it is
/// held.
pub(in crate::store) struct ClaimAlone {
    _session: PostgresConnection,
}

impl ClaimAlone {
    /// Takes the exclusive lock, which is released with the connection.
    pub(super) fn take(connector: &Connector) -> Result<Self, StoreError> {
        let mut session = connector.connect()?;
        if is_granted_for_long(&mut session, &ALONE_FOR_LONG)? {
            Ok(Self { _session: session })
        } else {
            Err(StoreError::Served { path: connector.address().to_string().into() })
        }
    }
}

impl fmt::Debug for ClaimAlone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ClaimAlone")
    }
}

/// Takes the exclusive lock until the transaction ends: no server runs or starts meanwhile.
pub(super) fn claim_alone(
    session: &mut PostgresConnection,
    database: String,
) -> Result<(), StoreError> {
    if is_granted(session, ALONE)? {
        Ok(())
    } else {
        Err(StoreError::Served { path: database.into() })
    }
}

fn hold(connector: &Connector) -> Result<PostgresConnection, StoreError> {
    let mut session = connector.connect()?;
    if is_granted_for_long(&mut session, &SHARED)? {
        Ok(session)
    } else {
        Err(StoreError::Restored)
    }
}

fn is_granted_for_long(session: &mut PostgresConnection, lock: &Lock) -> Result<bool, StoreError> {
    if !session.is_pooled() {
        return is_granted(session, lock.of_session);
    }
    // Between statements this transaction holds no snapshot, so it does not block VACUUM.
    session.begin("BEGIN")?;
    session.lift_limits()?;
    is_granted(session, lock.of_transaction)
}

fn is_granted(session: &mut PostgresConnection, sql: &str) -> Result<bool, StoreError> {
    let rows = session.query(sql, params![])?;
    Ok(rows.first().is_some_and(|row| row.get::<_, i64>(0) == 1))
}

/// Sends a query, because an idle connection does not notice that it was closed.
fn is_alive(session: &mut PostgresConnection) -> bool {
    session.control("SELECT 1").is_ok()
}
