//! A pool with a bounded number of connections, opened on demand.

use std::{
    fmt,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::{
    super::StoreError,
    connect::{Connector, PATIENCE},
    session::PostgresConnection,
};

/// The most open connections; further callers wait.
const CONNECTIONS: usize = 16;

/// Numbers of connections.
#[derive(Debug, Clone, Copy)]
pub(in crate::store) struct ConnectionCounts {
    /// Those that are open.
    pub open: usize,
    /// Those of them that are idle.
    pub idle: usize,
}

/// A pool of connections.
pub(super) struct Pool {
    connector: Connector,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<PostgresConnection>,
    open: usize,
}

impl Pool {
    /// A pool with one connection.
    pub(super) fn new(connector: Connector, session: PostgresConnection) -> Self {
        let state = State { idle: vec![session], open: 1 };
        Self { connector, state: Mutex::new(state), returned: Condvar::new() }
    }

    /// The connector of the pool.
    pub(super) fn connector(&self) -> &Connector {
        &self.connector
    }

    /// Runs a closure on a connection. Drops the connection after an error or when it is broken.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&mut PostgresConnection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.take()?;
        // From here on, the slot is always released, even after a panic in `work`.
        let mut place = Place { pool: self, session: None };
        let mut session = match idle {
            Some(session) => session,
            None => self.connector.connect()?,
        };
        let result = work(&mut session);
        if session.is_open() && result.is_ok() {
            place.session = Some(session);
        }
        result
    }

    /// How many connections are open, and how many of them are idle.
    pub(super) fn count(&self) -> ConnectionCounts {
        let state = self.state();
        ConnectionCounts { open: state.open, idle: state.idle.len() }
    }

    /// Takes an idle connection, or `None` as the permission to open a new one.
    fn take(&self) -> Result<Option<PostgresConnection>, StoreError> {
        let deadline = Instant::now() + PATIENCE;
        let mut state = self.state();
        loop {
            while let Some(session) = state.idle.pop() {
                if session.is_open() {
                    return Ok(Some(session));
                }
                state.open -= 1;
            }
            if state.open < CONNECTIONS {
                state.open += 1;
                return Ok(None);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(StoreError::Overloaded);
            }
            let waited = self.returned.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code panics while holding the lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    /// Closing a connection waits for the server, so it happens on a separate thread: an async
    /// thread must not block.
    fn drop(&mut self) {
        let idle = std::mem::take(&mut self.state().idle);
        if !idle.is_empty() {
            drop(std::thread::spawn(move || drop(idle)));
        }
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("address", self.connector.address()).finish_non_exhaustive()
    }
}

/// A slot in the pool; dropping it releases the slot.
struct Place<'a> {
    pool: &'a Pool,
    session: Option<PostgresConnection>,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.pool.state();
        match self.session.take() {
            Some(session) => state.idle.push(session),
            None => state.open -= 1,
        }
        self.pool.returned.notify_one();
    }
}
