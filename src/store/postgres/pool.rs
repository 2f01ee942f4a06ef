//! A bounded number of connections, opened when they are needed.

use std::{
    fmt,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use super::{
    super::StoreError,
    connect::{Connector, PATIENCE},
    session::Session,
};

/// How many connections there are at most; the next user of one waits.
const CONNECTIONS: usize = 16;

/// Connections that are used in turn.
pub(super) struct Pool {
    connector: Connector,
    state: Mutex<State>,
    returned: Condvar,
}

#[derive(Default)]
struct State {
    idle: Vec<Session>,
    open: usize,
}

impl Pool {
    /// Begins with one connection.
    pub(super) fn new(connector: Connector, session: Session) -> Self {
        let state = State { idle: vec![session], open: 1 };
        Self { connector, state: Mutex::new(state), returned: Condvar::new() }
    }

    /// What opens its connections.
    pub(super) fn connector(&self) -> &Connector {
        &self.connector
    }

    /// Runs something on a connection. One that is broken afterwards is not used again.
    pub(super) fn with<T>(
        &self,
        work: impl FnOnce(&mut Session) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let idle = self.take()?;
        // From here on the place is given back whatever happens, even a panic in `work`.
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

    /// An idle connection, or leave to open one.
    fn take(&self) -> Result<Option<Session>, StoreError> {
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
                return Err(StoreError::Busy);
            }
            let waited = self.returned.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing panics while it is held.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Pool {
    /// Connections end by waiting for the server, which an asynchronous thread must not.
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

/// The right to have a connection open.
struct Place<'a> {
    pool: &'a Pool,
    session: Option<Session>,
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
