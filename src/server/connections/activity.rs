//! What happens on one connection, and when it has been quiet for so long that it is closed.
//!
//! hyper's own limit on headers begins when it waits for a request, so it would also end connections
//! that a proxy keeps for later. Here the bytes are counted as they come (`stream.rs`).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::{Notify, OwnedSemaphorePermit};

use super::super::limits;

/// How often it is looked whether a time is over.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);

/// What happens on one connection.
#[derive(Debug, Clone)]
pub(super) struct Activity(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    closed: Notify,
}

#[derive(Debug)]
struct State {
    in_flight: usize,
    has_asked: bool,
    is_http2: bool,
    /// The end of the last request, or else the beginning of the connection.
    since: Instant,
    /// The bytes of a request whose head is not complete.
    head: Head,
    /// Since when the other side has taken nothing of what waits for it.
    blocked_since: Option<Instant>,
    /// Answers of which something is unsent, in the order of their beginning.
    unsent: BTreeMap<u64, Instant>,
    answers: u64,
    lingers: bool,
}

#[derive(Debug, Default)]
struct Head {
    bytes: usize,
    since: Option<Instant>,
    permit: Option<OwnedSemaphorePermit>,
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct InFlight(Activity);

/// An answer of which something is unsent.
#[derive(Debug)]
pub(super) struct Unsent(Activity, u64);

/// How willingly a connection is closed to make room: the least one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    is_proxy: bool,
    is_busy: bool,
    since: Instant,
}

impl Activity {
    /// A connection that was just accepted.
    pub(super) fn new() -> Self {
        let state = State {
            in_flight: 0,
            has_asked: false,
            is_http2: false,
            since: Instant::now(),
            head: Head::default(),
            blocked_since: None,
            unsent: BTreeMap::new(),
            answers: 0,
            lingers: false,
        };
        Self(Arc::new(Shared { state: Mutex::new(state), closed: Notify::new() }))
    }

    /// Notes a request, until what is given back is dropped.
    pub(super) fn request(&self) -> InFlight {
        self.change(|state| {
            state.in_flight += 1;
            state.has_asked = true;
            state.head = Head::default();
        });
        InFlight(self.clone())
    }

    /// Notes an answer, until what is given back is dropped.
    pub(super) fn answer(&self) -> Unsent {
        let number = self.change(|state| {
            state.answers += 1;
            state.unsent.insert(state.answers, Instant::now());
            state.answers
        });
        Unsent(self.clone(), number)
    }

    /// Notes bytes that came in.
    pub(super) fn read(&self, bytes: &[u8]) {
        self.change(|state| {
            if !state.has_asked && state.head.bytes == 0 {
                state.is_http2 = bytes.starts_with(b"PRI * ");
            }
            // HTTP/2 has a bound of its own on heads, and frames between requests.
            if state.in_flight == 0 && !state.is_http2 && !bytes.is_empty() {
                state.head.bytes += bytes.len();
                state.head.since.get_or_insert_with(Instant::now);
            }
        });
    }

    /// Whether a head is so long that its rest has to wait for a permit.
    pub(super) fn needs_permit(&self) -> bool {
        self.change(|state| state.head.bytes >= limits::SMALL_HEAD && state.head.permit.is_none())
    }

    /// Lets a long head be read to its end.
    pub(super) fn permit(&self, permit: OwnedSemaphorePermit) {
        self.change(|state| state.head.permit = Some(permit));
    }

    /// Notes whether the other side takes what is written.
    pub(super) fn wrote(&self, is_blocked: bool) {
        self.change(|state| match is_blocked {
            true => {
                state.blocked_since.get_or_insert_with(Instant::now);
            }
            false => state.blocked_since = None,
        });
    }

    /// Has the connection closed only after what still comes in was read: whoever is still sending
    /// would otherwise lose the answer.
    pub(super) fn linger(&self) {
        self.change(|state| state.lingers = true);
    }

    /// Whether it was told to.
    pub(super) fn lingers(&self) -> bool {
        self.change(|state| state.lingers)
    }

    /// Closes the connection.
    pub(super) fn close(&self) {
        self.0.closed.notify_one();
    }

    /// How willingly it is closed to make room; nothing when it is not, since it was asked just now.
    pub(super) fn rank(&self, is_proxy: bool) -> Option<Rank> {
        self.change(|state| {
            let (is_busy, since) = (state.in_flight > 0, state.since);
            let is_new = is_busy && since.elapsed() < limits::BUSY_TIME;
            (!is_new).then_some(Rank { is_proxy, is_busy, since })
        })
    }

    /// Waits until it is to be closed, and says why.
    pub(super) async fn end(&self) -> &'static str {
        loop {
            if let Some(reason) = self.change(|state| state.overdue()) {
                return reason;
            }
            tokio::select! {
                () = self.0.closed.notified() => return "it made room for others",
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl State {
    /// Why its time is over, if it is.
    fn overdue(&self) -> Option<&'static str> {
        let is_over = |since: Option<Instant>, limit| since.is_some_and(|at| at.elapsed() >= limit);
        let idle = (self.in_flight == 0).then_some(self.since);
        let unsent = self.unsent.first_key_value().map(|(_, since)| *since);
        if is_over(idle.filter(|_| !self.has_asked), limits::FIRST_REQUEST_TIME) {
            Some("it asked nothing")
        } else if is_over(self.head.since, limits::HEAD_TIME) {
            Some("the head of a request took too long")
        } else if is_over(idle, limits::IDLE_TIME) {
            Some("it was idle")
        } else if is_over(self.blocked_since, limits::BLOCKED_TIME)
            || is_over(unsent, limits::ANSWER_TIME)
        {
            Some("nobody took the answer")
        } else {
            None
        }
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

impl Drop for Unsent {
    fn drop(&mut self) {
        self.0.change(|state| state.unsent.remove(&self.1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pretends that all that was noted happened so long ago.
    fn pass(activity: &Activity, time: Duration) {
        activity.change(|state| {
            state.since -= time;
            for since in [&mut state.head.since, &mut state.blocked_since].into_iter().flatten() {
                *since -= time;
            }
            state.unsent.values_mut().for_each(|since| *since -= time);
        });
    }

    fn overdue(activity: &Activity) -> Option<&'static str> {
        activity.change(|state| state.overdue())
    }

    /// Proxies keep connections for 90 to 120 s and reuse them without a look.
    #[test]
    fn a_connection_is_kept_for_longer_than_a_proxy_keeps_it() {
        let activity = Activity::new();
        drop(activity.request());
        pass(&activity, Duration::from_secs(125));
        assert_eq!(overdue(&activity), None);
        pass(&activity, limits::IDLE_TIME);
        assert_eq!(overdue(&activity), Some("it was idle"));
    }

    #[test]
    fn a_connection_that_asks_nothing_is_given_up_and_one_that_works_is_not() {
        let silent = Activity::new();
        pass(&silent, limits::FIRST_REQUEST_TIME);
        assert_eq!(overdue(&silent), Some("it asked nothing"));

        let busy = Activity::new();
        let request = busy.request();
        pass(&busy, limits::IDLE_TIME);
        assert_eq!(overdue(&busy), None);
        drop(request);
        assert_eq!(overdue(&busy), None, "its idle time begins with the end of the request");
    }

    #[test]
    fn a_head_that_does_not_end_is_given_up_although_bytes_come() {
        let activity = Activity::new();
        drop(activity.request());
        activity.read(b"GET / HTTP/1.1\r\n");
        pass(&activity, limits::HEAD_TIME);
        activity.read(b"x: y\r\n");
        assert_eq!(overdue(&activity), Some("the head of a request took too long"));
        let _request = activity.request();
        assert_eq!(overdue(&activity), None, "it ended");
    }

    #[test]
    fn an_answer_that_nobody_takes_is_given_up() {
        let activity = Activity::new();
        drop(activity.request());
        activity.wrote(true);
        pass(&activity, limits::BLOCKED_TIME);
        activity.wrote(true);
        assert_eq!(overdue(&activity), Some("nobody took the answer"));
        activity.wrote(false);
        assert_eq!(overdue(&activity), None, "somebody takes it");

        let (first, second) = (activity.answer(), activity.answer());
        pass(&activity, limits::ANSWER_TIME);
        drop(activity.request());
        assert_eq!(overdue(&activity), Some("nobody took the answer"), "however slowly it goes");
        drop((first, second));
        assert_eq!(overdue(&activity), None);
    }

    #[test]
    fn what_http2_says_between_requests_is_no_head() {
        let activity = Activity::new();
        activity.read(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        drop(activity.request());
        activity.read(&[0; 17]);
        pass(&activity, limits::HEAD_TIME);
        assert_eq!(overdue(&activity), None);
    }

    #[test]
    fn the_longest_idle_makes_room_first_and_proxies_and_work_last() {
        let (old, young, busy, new) =
            (Activity::new(), Activity::new(), Activity::new(), Activity::new());
        let _work = (busy.request(), new.request());
        pass(&busy, Duration::from_secs(60));
        pass(&old, Duration::from_secs(9));
        let ranks = [old.rank(true), busy.rank(false), young.rank(false), old.rank(false)];
        let mut sorted = ranks;
        sorted.sort();
        assert_eq!(sorted, [ranks[3], ranks[2], ranks[1], ranks[0]]);
        assert_eq!(new.rank(false), None, "what was asked just now is answered");
    }
}
