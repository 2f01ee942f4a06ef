//! Tracks the activity of one connection, and decides when it has been idle for too long.
//!
//! hyper's own header timeout starts when it waits for a request, so it would also close
//! connections that a proxy keeps for later use. Here the received bytes are counted instead
//! (`stream.rs`).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use tokio::sync::Notify;

use super::{super::limits, closer::Closer, long_heads::LongHead};

/// How often the time limits are checked.
const LOOK_INTERVAL: Duration = Duration::from_secs(5);
/// The HTTP/2 connection preface (RFC 9113 §3.4).
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// The activity of one connection.
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
    /// When the first of the running requests started, or else when the last request ended, or else
    /// when the connection was opened.
    since: Instant,
    /// The request head that is being received.
    head: Head,
    /// When the peer stopped accepting output; `None` while it accepts.
    blocked_since: Option<Instant>,
    /// The start times of answers with unsent bytes, oldest first.
    unsent: BTreeMap<u64, Instant>,
    answers: u64,
    lingers: bool,
}

#[derive(Debug, Default)]
struct Head {
    bytes: usize,
    since: Option<Instant>,
    permit: Option<LongHead>,
    /// When the rest of the head started to wait for a permit.
    waits_since: Option<Instant>,
}

/// The HTTP version of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opening {
    /// Undecided: this many bytes of the HTTP/2 preface were received.
    Preface(usize),
    Http1,
    Http2,
}

/// A request in progress. It holds the permit of its head, which stays in memory until the request
/// ends.
#[derive(Debug)]
pub(super) struct InFlight(
    Activity,
    #[expect(dead_code, reason = "it is there to be dropped")] Option<LongHead>,
);

/// An answer with unsent bytes.
#[derive(Debug)]
pub(super) struct UnsentAnswer(Activity, u64);

/// The order in which connections are closed to make room: the smallest rank first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Rank {
    is_proxy: bool,
    is_busy: bool,
    since: Instant,
}

impl Activity {
    /// Starts tracking a connection that was just accepted.
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

    /// Records a request, until the returned guard is dropped.
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

    /// Records an answer, until the returned guard is dropped.
    pub(super) fn answer(&self) -> UnsentAnswer {
        let number = self.change(|state| {
            state.answers += 1;
            state.unsent.insert(state.answers, Instant::now());
            state.answers
        });
        UnsentAnswer(self.clone(), number)
    }

    /// Records received bytes.
    pub(super) fn read(&self, bytes: &[u8]) {
        self.change(|state| {
            // HTTP/2 has its own limit on heads, and sends frames between requests.
            if state.in_flight == 0 && !bytes.is_empty() && state.opening(bytes) != Opening::Http2 {
                state.head.bytes += bytes.len();
                state.head.since.get_or_insert_with(Instant::now);
            }
        });
    }

    /// Returns whether a head is so long that its rest has to wait for a permit. The time limit of
    /// the head is paused while it waits.
    pub(super) fn needs_permit(&self) -> bool {
        self.change(|state| {
            let needs = state.head.bytes >= limits::SMALL_HEAD && state.head.permit.is_none();
            if needs {
                state.head.waits_since.get_or_insert_with(Instant::now);
            }
            needs
        })
    }

    /// Grants the permit to read the rest of a long head.
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

    /// Records whether the peer accepts output.
    pub(super) fn wrote(&self, is_blocked: bool) {
        self.change(|state| {
            if is_blocked {
                state.blocked_since.get_or_insert_with(Instant::now);
            } else {
                state.blocked_since = None;
            }
        });
    }

    /// Requests that the connection drains remaining input before it closes: a peer that is still
    /// sending would otherwise lose the answer.
    pub(super) fn linger(&self) {
        self.change(|state| state.lingers = true);
    }

    /// Returns whether [`Self::linger`] was called.
    pub(super) fn lingers(&self) -> bool {
        self.change(|state| state.lingers)
    }

    /// Closes the connection.
    pub(super) fn close(&self) {
        self.closer().close();
    }

    /// Returns a handle that can close the connection later.
    pub(super) fn closer(&self) -> Closer {
        Closer::new(&self.0.closed)
    }

    /// Returns the rank for closing the connection to make room. Returns `None` while a request is
    /// too recent to be interrupted.
    pub(super) fn rank(&self, is_proxy: bool) -> Option<Rank> {
        self.change(|state| {
            let (is_busy, since) = (state.in_flight > 0, state.since);
            let is_new = is_busy && since.elapsed() < limits::BUSY_TIME;
            (!is_new).then_some(Rank { is_proxy, is_busy, since })
        })
    }

    /// Waits until the connection has to be closed, and returns the reason.
    pub(super) async fn end(&self) -> &'static str {
        loop {
            if let Some(reason) = self.change(|state| state.overdue()) {
                return reason;
            }
            tokio::select! {
                () = self.0.closed.notified() => return "closed to make room for other connections",
                () = tokio::time::sleep(LOOK_INTERVAL) => {}
            }
        }
    }

    /// Returns whether the connection was told to close to make room.
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

impl State {
    /// Determines the HTTP version, as far as these bytes tell. They may arrive one by one.
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

    /// Returns the time limit that is exceeded, if any.
    fn overdue(&self) -> Option<&'static str> {
        let is_over = |since: Option<Instant>, limit| since.is_some_and(|at| at.elapsed() >= limit);
        let idle = (self.in_flight == 0).then_some(self.since);
        let unsent = self.unsent.first_key_value().map(|(_, since)| *since);
        let is_waiting = self.head.waits_since.is_some();
        let first = idle.filter(|_| !self.has_asked && !is_waiting);
        let head = self.head.since.filter(|_| !is_waiting);
        if is_over(first, limits::FIRST_REQUEST_TIME) {
            Some("it sent no request")
        } else if is_over(head, limits::HEAD_TIME) {
            Some("the request headers took too long")
        } else if is_over(idle, limits::IDLE_TIME) {
            Some("it was idle")
        } else if is_over(self.blocked_since, limits::BLOCKED_TIME)
            || is_over(unsent, limits::ANSWER_TIME)
        {
            Some("the client did not read the response")
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

impl Drop for UnsentAnswer {
    fn drop(&mut self) {
        self.0.change(|state| state.unsent.remove(&self.1));
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::long_heads::{HeadSender, LongHeads},
        *,
    };

    /// Pretends that everything recorded happened this much earlier.
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

    /// Proxies keep connections for 90 to 120 s and reuse them without a check.
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
        assert_eq!(overdue(&silent), Some("it sent no request"));

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
        assert_eq!(overdue(&activity), Some("the request headers took too long"));
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
        assert_eq!(overdue(&activity), Some("the client did not read the response"));
        activity.wrote(false);
        assert_eq!(overdue(&activity), None, "somebody takes it");

        let (first, second) = (activity.answer(), activity.answer());
        pass(&activity, limits::ANSWER_TIME);
        drop(activity.request());
        assert_eq!(
            overdue(&activity),
            Some("the client did not read the response"),
            "however slowly it goes"
        );
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

    /// A proxy keeps its connections: each request begins on a connection that was idle.
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
        let asker = HeadSender { all: of_all, network: None, share: None, closer };
        activity.permit(asker.acquire().await.unwrap());
        assert_eq!(overdue(&activity), None);

        let request = activity.request();
        assert_eq!(all.free(), 0, "the head is in memory");
        drop(request);
        assert_eq!(all.free(), 1);
    }
}
