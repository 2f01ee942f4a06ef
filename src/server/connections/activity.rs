//! What happens on one connection, and when it has been quiet for so long that it is closed.
//!
//! hyper's own limit on headers begins when it waits for a request, so it would also end connections
//! that a proxy keeps for later. Here the bytes are counted as they come (`stream.rs`).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::{super::limits, long_heads::LongHead};

/// How often it is looked whether a time is over.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// What HTTP/2 begins with (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What happens on one connection.
#[derive(Debug, Clone)]
pub(super) struct Activity(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    closed: Arc<Notify>,
}

#[derive(Debug)]
struct State {
    in_flight: usize,
    has_asked: bool,
    opening: Opening,
    /// The beginning of the first of the running requests, or the end of the last one, or else the beginning
    /// of the connection.
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
    permit: Option<LongHead>,
    /// Since when its rest waits for a permit.
    waits_since: Option<Instant>,
}

/// Which HTTP it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// So many bytes of the preface came.
    Preface(usize),
    Http1,
    Http2,
}

/// A request that is being answered, and the permit of its head, which is in memory until then.
#[derive(Debug)]
pub(super) struct InFlight(
    Activity,
    #[expect(dead_code, reason = "it is there to be dropped")] Option<LongHead>,
);

/// An answer of which something is unsent.
#[derive(Debug)]
pub(super) struct Unsent(Activity, u64);

/// Closes a connection. It keeps nothing of it alive.
#[derive(Debug, Clone)]
pub(super) struct Closer(Arc<Notify>);

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
            opening: Opening::Preface(0),
            since: Instant::now(),
            head: Head::default(),
            blocked_since: None,
            unsent: BTreeMap::new(),
            answers: 0,
            lingers: false,
        };
        Self(Arc::new(Shared { state: Mutex::new(state), closed: Arc::default() }))
    }

    /// Notes a request, until what is given back is dropped.
    pub(super) fn request(&self) -> InFlight {
        let head = self.change(|state| {
            if state.in_flight == 0 {
                state.since = Instant::now();
            }
            state.in_flight += 1;
            state.has_asked = true;
            std::mem::take(&mut state.head)
        });
        InFlight(self.clone(), head.permit)
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
            // HTTP/2 has a bound of its own on heads, and frames between requests.
            if state.in_flight == 0 && !bytes.is_empty() && state.opening(bytes) != Opening::Http2 {
                state.head.bytes += bytes.len();
                state.head.since.get_or_insert_with(Instant::now);
            }
        });
    }

    /// Whether a head is so long that its rest has to wait for a permit. As long as it does, its time stands
    /// still.
    pub(super) fn needs_permit(&self) -> bool {
        self.change(|state| {
            let needs = state.head.bytes >= limits::SMALL_HEAD && state.head.permit.is_none();
            if needs {
                state.head.waits_since.get_or_insert_with(Instant::now);
            }
            needs
        })
    }

    /// Lets a long head be read to its end.
    pub(super) fn permit(&self, permit: LongHead) {
        self.change(|state| {
            state.head.permit = Some(permit);
            let waited = state.head.waits_since.take().map_or(Duration::ZERO, |at| at.elapsed());
            state.since += waited;
            if let Some(since) = &mut state.head.since {
                *since += waited;
            }
        });
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
        self.closer().close();
    }

    /// For who closes it later, perhaps.
    pub(super) fn closer(&self) -> Closer {
        Closer(Arc::clone(&self.0.closed))
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

    /// Whether it is being closed to make room.
    #[cfg(test)]
    pub(super) fn is_told_to_close(&self) -> bool {
        let mut notified = std::pin::pin!(self.0.closed.notified());
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        let is_told = notified.as_mut().poll(&mut context).is_ready();
        if is_told {
            self.close();
        }
        is_told
    }

    fn change<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.0.state.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Closer {
    pub(super) fn close(&self) {
        self.0.notify_one();
    }
}

impl State {
    /// Which HTTP it is, as far as is known with these bytes. They may come one by one.
    fn opening(&mut self, bytes: &[u8]) -> Opening {
        if let Opening::Preface(seen) = self.opening {
            let rest = &PREFACE[seen..];
            let length = rest.len().min(bytes.len());
            self.opening = if bytes[..length] != rest[..length] {
                Opening::Http1
            } else if length == rest.len() {
                self.head = Head::default();
                Opening::Http2
            } else {
                Opening::Preface(seen + length)
            };
        }
        self.opening
    }

    /// Why its time is over, if it is.
    fn overdue(&self) -> Option<&'static str> {
        let is_over = |since: Option<Instant>, limit| since.is_some_and(|at| at.elapsed() >= limit);
        let idle = (self.in_flight == 0).then_some(self.since);
        let unsent = self.unsent.first_key_value().map(|(_, since)| *since);
        let is_waiting = self.head.waits_since.is_some();
        let first = idle.filter(|_| !self.has_asked && !is_waiting);
        let head = self.head.since.filter(|_| !is_waiting);
        if is_over(first, limits::FIRST_REQUEST_TIME) {
            Some("it asked nothing")
        } else if is_over(head, limits::HEAD_TIME) {
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
    use super::{
        super::long_heads::{Asker, LongHeads},
        *,
    };

    /// Pretends that all that was noted happened so long ago.
    fn pass(activity: &Activity, time: Duration) {
        activity.change(|state| {
            state.since -= time;
            let head = &mut state.head;
            let times = [&mut head.since, &mut head.waits_since, &mut state.blocked_since];
            for since in times.into_iter().flatten() {
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

    /// A proxy keeps its connections: each request begins on one that was idle.
    #[test]
    fn a_request_that_has_only_just_begun_makes_no_room_on_whichever_connection() {
        let reused = Activity::new();
        drop(reused.request());
        pass(&reused, Duration::from_secs(60));
        let _work = reused.request();
        assert_eq!(reused.rank(true), None);
    }

    #[test]
    fn only_the_whole_preface_of_http2_is_http2() {
        for first in ["PRI * HTTP/1.1\r\n", "PRI * HTTP/2.0\r\nx: y\r\n"] {
            let activity = Activity::new();
            activity.read(first.as_bytes());
            activity.read(&[b'x'; limits::SMALL_HEAD]);
            assert!(activity.needs_permit(), "{first}");
        }
        let piecemeal = Activity::new();
        PREFACE.chunks(1).for_each(|byte| piecemeal.read(byte));
        piecemeal.read(&[0; limits::SMALL_HEAD]);
        assert!(!piecemeal.needs_permit());
    }

    #[tokio::test]
    async fn the_time_of_a_head_stands_still_while_it_waits_for_a_permit_which_it_keeps_to_the_end()
    {
        let all = LongHeads::with_places(1);
        let activity = Activity::new();
        activity.read(&[b'x'; limits::SMALL_HEAD]);
        assert!(activity.needs_permit());
        pass(&activity, limits::HEAD_TIME * 2);
        assert_eq!(overdue(&activity), None);
        let (of_all, closer) = (Arc::clone(&all), activity.closer());
        let asker = Asker { all: of_all, network: None, share: None, closer };
        activity.permit(asker.acquire().await.unwrap());
        assert_eq!(overdue(&activity), None);

        let request = activity.request();
        assert_eq!(all.free(), 0, "the head is in memory");
        drop(request);
        assert_eq!(all.free(), 1);
    }
}
