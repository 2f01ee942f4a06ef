//! The numbers that are counted while requests are answered.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use super::{histogram::Histogram, text::Exposition};
use crate::model::{GrantType, MessageKind, Timestamp};

/// The most routes that have a histogram of their own; there are some 250.
const MAX_ROUTES: usize = 512;

/// The routes that end a sign-in, and the way of each.
const SIGN_INS: [(&str, &str); 3] = [
    ("/api/webauthn/login/finish", "passkey"),
    ("/api/one-time-access-token/{code}", "one_time_code"),
    ("/api/device-login/requests/{id}/exchange", "device"),
];

const CLASSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
const SIGN_IN_RESULTS: [&str; 3] = ["success", "refused", "failed"];
const SEND_RESULTS: [&str; 3] = ["sent", "failed", "given_up"];

/// A request that was answered.
#[derive(Debug)]
pub(in crate::server) struct ObservedRequest {
    /// The position of its route in the table.
    pub route_number: usize,
    /// The method of its route.
    pub method: &'static str,
    /// The path of its route, with the names of its parameters.
    pub path: &'static str,
    /// The status of the answer.
    pub status: u16,
    /// How long it took.
    pub duration: Duration,
    /// The code of the error.
    pub error: Option<&'static str>,
    /// The grant type of the issued tokens.
    pub issued: Option<GrantType>,
}

/// The result of an attempt to send a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::server) enum AttemptResult {
    /// It was sent.
    Sent,
    /// It failed, and is tried again.
    Failed,
    /// It failed for good.
    GivenUp,
}

/// The numbers.
#[derive(Debug)]
pub(in crate::server) struct Metrics {
    routes: Box<[OnceLock<Box<RouteFigures>>]>,
    classes: [AtomicU64; CLASSES.len()],
    sign_ins: [[AtomicU64; SIGN_IN_RESULTS.len()]; SIGN_INS.len()],
    tokens: [AtomicU64; GrantType::ALL.len()],
    messages: [[AtomicU64; SEND_RESULTS.len()]; MessageKind::ALL.len()],
    /// By error code. Codes are words of the program, so there are some hundred.
    errors: Mutex<BTreeMap<&'static str, u64>>,
    started: Timestamp,
}

/// The durations of a route's requests.
#[derive(Debug)]
struct RouteFigures {
    method: &'static str,
    path: &'static str,
    durations: Histogram,
}

impl Metrics {
    /// Numbers that are zero.
    pub(in crate::server) fn new(started: Timestamp) -> Self {
        Self {
            routes: std::iter::repeat_with(OnceLock::new).take(MAX_ROUTES).collect(),
            classes: Default::default(),
            sign_ins: Default::default(),
            tokens: Default::default(),
            messages: Default::default(),
            errors: Mutex::default(),
            started,
        }
    }

    /// When the server started.
    pub(super) fn started(&self) -> Timestamp {
        self.started
    }

    /// Counts a request.
    pub(in crate::server) fn observe(&self, request: &ObservedRequest) {
        let position = request.route_number.min(MAX_ROUTES - 1);
        let new = || {
            let (method, path) = (request.method, request.path);
            Box::new(RouteFigures { method, path, durations: Histogram::default() })
        };
        self.routes[position].get_or_init(new).durations.observe(request.duration);
        let class = usize::from(request.status / 100).clamp(1, CLASSES.len()) - 1;
        self.classes[class].fetch_add(1, Relaxed);
        if let Some(issued) = request.issued
            && let Some(position) = GrantType::ALL.iter().position(|grant| *grant == issued)
        {
            self.tokens[position].fetch_add(1, Relaxed);
        }
        if let Some(error) = request.error {
            let mut errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner);
            *errors.entry(error).or_default() += 1;
        }
        self.count_sign_in(request);
    }

    fn count_sign_in(&self, request: &ObservedRequest) {
        let Some(way) = SIGN_INS.iter().position(|(path, _)| *path == request.path) else { return };
        let result = match request.status {
            200 => 0,
            400..=499 => 1,
            500.. => 2,
            // A device that still waits.
            _ => return,
        };
        self.sign_ins[way][result].fetch_add(1, Relaxed);
    }

    /// Counts messages that were sent, or were not.
    pub(in crate::server) fn count_messages(
        &self,
        kind: MessageKind,
        result: AttemptResult,
        count: u64,
    ) {
        if let Some(position) = MessageKind::ALL.iter().position(|known| *known == kind) {
            self.messages[position][result as usize].fetch_add(count, Relaxed);
        }
    }

    /// Writes all numbers.
    pub(super) fn write(&self, out: &mut Exposition) {
        self.write_requests(out);
        let name = "pocketid_sign_ins_total";
        out.family(name, "counter", "Sign-ins by way and result.");
        for ((_, way), counts) in SIGN_INS.iter().zip(&self.sign_ins) {
            for (result, count) in SIGN_IN_RESULTS.iter().zip(counts) {
                out.sample(name, &[("method", way), ("result", result)], count.load(Relaxed));
            }
        }
        let name = "pocketid_tokens_issued_total";
        out.family(name, "counter", "Answers with tokens by grant type.");
        for (grant, count) in GrantType::ALL.iter().zip(&self.tokens) {
            let grant = grant.as_str().rsplit(':').next().unwrap_or_default();
            out.sample(name, &[("grant_type", grant)], count.load(Relaxed));
        }
        let name = "pocketid_outbox_attempts_total";
        out.family(name, "counter", "Attempts to send messages by kind and result.");
        for (kind, counts) in MessageKind::ALL.iter().zip(&self.messages) {
            for (result, count) in SEND_RESULTS.iter().zip(counts) {
                let labels = [("kind", kind.as_str()), ("result", result)];
                out.sample(name, &labels, count.load(Relaxed));
            }
        }
    }

    fn write_requests(&self, out: &mut Exposition) {
        let name = "pocketid_http_request_duration_seconds";
        out.family(name, "histogram", "Time to answer a request, by route.");
        for route in self.routes.iter().filter_map(OnceLock::get) {
            let labels = [("method", route.method), ("route", route.path)];
            out.histogram(name, &labels, &route.durations);
        }
        let name = "pocketid_http_responses_total";
        out.family(name, "counter", "Answers by class of their status.");
        for (class, count) in CLASSES.iter().zip(&self.classes).skip(1) {
            out.sample(name, &[("class", class)], count.load(Relaxed));
        }
        let name = "pocketid_errors_total";
        out.family(name, "counter", "Answers with an error by its code.");
        let errors = self.errors.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (code, count) in errors {
            out.sample(name, &[("error", code)], count);
        }
    }
}
