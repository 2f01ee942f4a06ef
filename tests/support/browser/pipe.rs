//! The DevTools protocol on a pair of pipes: JSON messages, each ended by a NUL.
//!
//! A thread reads what Chromium says. Answers wait for the caller who asked; of the events only
//! those are kept that tell where a page went and what went wrong in it.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::process::{ChildStdin, ChildStdout};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use serde_json::{Value, json};

use super::LIMIT;

/// The events that [`super::observe`] tells of.
const KEPT_EVENTS: [&str; 5] = [
    "Inspector.targetCrashed",
    "Log.entryAdded",
    "Page.frameNavigated",
    "Runtime.consoleAPICalled",
    "Runtime.exceptionThrown",
];

/// The id of commands whose answer is not awaited.
const NO_ANSWER: u64 = 0;

/// A connection to Chromium, shared by all its pages.
pub(super) struct Pipe {
    writer: Mutex<ChildStdin>,
    inbox: Mutex<Inbox>,
    arrival: Condvar,
    last_id: AtomicU64,
}

#[derive(Default)]
struct Inbox {
    answers: HashMap<u64, Value>,
    events: HashMap<String, Vec<Value>>,
    closed: bool,
}

impl Pipe {
    /// Starts the thread that reads what Chromium says.
    pub(super) fn open(input: ChildStdin, output: ChildStdout) -> Arc<Self> {
        let pipe = Arc::new(Self {
            writer: Mutex::new(input),
            inbox: Mutex::default(),
            arrival: Condvar::new(),
            last_id: AtomicU64::new(NO_ANSWER),
        });
        let reader = Arc::clone(&pipe);
        thread::spawn(move || {
            for message in BufReader::new(output).split(0).map_while(Result::ok) {
                reader.receive(serde_json::from_slice(&message).unwrap_or_default());
            }
            reader.inbox().closed = true;
            reader.arrival.notify_all();
        });
        pipe
    }

    /// Sends a command and waits for its answer; an error is a sentence.
    pub(super) fn call(
        &self,
        session: Option<&str>,
        method: &str,
        params: &Value,
    ) -> Result<Value, String> {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        self.send(id, session, method, params)?;
        let (mut inbox, _) = self
            .arrival
            .wait_timeout_while(self.inbox(), LIMIT, |inbox| {
                !inbox.closed && !inbox.answers.contains_key(&id)
            })
            .unwrap_or_else(PoisonError::into_inner);
        match inbox.answers.remove(&id) {
            Some(mut answer) => match answer["error"]["message"].as_str() {
                Some(message) => Err(message.to_owned()),
                None => Ok(answer["result"].take()),
            },
            None if inbox.closed => Err("Chromium has ended".to_owned()),
            None => Err(format!("Chromium did not answer within {} s", LIMIT.as_secs())),
        }
    }

    fn send(
        &self,
        id: u64,
        session: Option<&str>,
        method: &str,
        params: &Value,
    ) -> Result<(), String> {
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = session.into();
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.write_all(&bytes).map_err(|_| "Chromium has ended".to_owned())
    }

    fn receive(&self, message: Value) {
        if let Some(id) = message["id"].as_u64() {
            if id != NO_ANSWER {
                self.inbox().answers.insert(id, message);
                self.arrival.notify_all();
            }
            return;
        }
        let method = message["method"].as_str().unwrap_or_default();
        let session = message["sessionId"].as_str().unwrap_or_default().to_owned();
        if method == "Page.javascriptDialogOpening" {
            // The user says yes to every question; a page cannot go on until it has its answer.
            let yes = json!({ "accept": true });
            let _ = self.send(NO_ANSWER, Some(&session), "Page.handleJavaScriptDialog", &yes);
        } else if KEPT_EVENTS.contains(&method) {
            self.inbox().events.entry(session).or_default().push(message);
        }
    }

    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The part of the connection that belongs to one page.
#[derive(Clone)]
pub(super) struct Session {
    pipe: Arc<Pipe>,
    id: String,
}

impl Session {
    pub(super) fn new(pipe: Arc<Pipe>, id: &str) -> Self {
        Self { pipe, id: id.to_owned() }
    }

    pub(super) fn try_call(&self, method: &str, params: &Value) -> Result<Value, String> {
        self.pipe.call(Some(&self.id), method, params)
    }

    #[track_caller]
    pub(super) fn call(&self, method: &str, params: &Value) -> Value {
        self.try_call(method, params).unwrap_or_else(|reason| panic!("{method}: {reason}"))
    }

    /// Returns the events kept so far, oldest first.
    pub(super) fn events(&self) -> Vec<Value> {
        self.pipe.inbox().events.get(&self.id).cloned().unwrap_or_default()
    }

    pub(super) fn forget_events(&self) {
        self.pipe.inbox().events.remove(&self.id);
    }
}
