//! When a connection has been silent for so long that its place is wanted back.
//!
//! hyper's own limit begins with the first byte of a request; one who connects and says nothing would
//! keep their place for ever.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use super::limits;

/// What happens on one connection.
#[derive(Debug, Clone)]
pub(super) struct Activity(Arc<Mutex<State>>);

#[derive(Debug)]
struct State {
    in_flight: usize,
    has_asked: bool,
    since: Instant,
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct InFlight(Activity);

impl Activity {
    /// A connection that was just accepted.
    pub(super) fn new() -> Self {
        let state = State { in_flight: 0, has_asked: false, since: Instant::now() };
        Self(Arc::new(Mutex::new(state)))
    }

    /// Notes a request, until what is given back is dropped.
    pub(super) fn request(&self) -> InFlight {
        self.change(|state| {
            state.in_flight += 1;
            state.has_asked = true;
        });
        InFlight(self.clone())
    }

    /// Waits until nothing has been asked for too long.
    pub(super) async fn silence(&self) {
        loop {
            let left = self.change(|state| {
                let limit = match state.has_asked {
                    true => limits::HEADER_TIME,
                    false => limits::FIRST_REQUEST_TIME,
                };
                match state.in_flight {
                    0 => limit.saturating_sub(state.since.elapsed()),
                    _ => limit,
                }
            });
            if left.is_zero() {
                return;
            }
            tokio::time::sleep(left).await;
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.change(|state| {
            state.in_flight -= 1;
            state.since = Instant::now();
        });
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_connection_that_asks_nothing_is_given_up_and_one_that_works_is_not() {
        let silent = Activity::new();
        silent.change(|state| state.since -= limits::FIRST_REQUEST_TIME);
        silent.silence().await;

        let busy = Activity::new();
        let request = busy.request();
        busy.change(|state| state.since -= limits::HEADER_TIME);
        let waited = tokio::time::timeout(Duration::from_millis(50), busy.silence()).await;
        assert!(waited.is_err());

        drop(request);
        busy.change(|state| state.since -= limits::HEADER_TIME);
        busy.silence().await;
    }
}
