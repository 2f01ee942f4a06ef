//! Receivers of webhooks that behave in any way.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
    time::Duration,
};

use serde_json::Value;

use crate::support::op::TestOp;

/// A message as it came.
#[derive(Debug, Clone)]
pub(super) struct Received {
    pub(super) head: String,
    pub(super) body: String,
}

/// A listener that answers each message as a function says. It goes on until the process ends.
pub(super) struct Receiver {
    port: u16,
    received: Arc<Mutex<Vec<Received>>>,
}

/// The answer to a message.
pub(super) enum Reply {
    /// These bytes.
    Head(String),
    /// These bytes, and then as many more.
    Long(String, usize),
    /// Nothing, and the connection stays open.
    Silence,
    /// A status without a body.
    Status(u16),
}

impl Received {
    /// A header; empty without one.
    pub(super) fn header(&self, name: &str) -> &str {
        let line = self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        line.unwrap_or_default()
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }

    /// The kind of the event.
    pub(super) fn kind(&self) -> String {
        self.json()["type"].as_str().expect("a type").to_owned()
    }
}

impl Receiver {
    /// A receiver that accepts everything.
    pub(super) fn start() -> Self {
        Self::start_with(|_| Reply::Status(204))
    }

    /// The function gets the number of the message, from 0.
    pub(super) fn start_with(reply: impl Fn(usize) -> Reply + Send + Sync + 'static) -> Self {
        Self::start_at(0, reply)
    }

    pub(super) fn start_at(
        port: u16,
        reply: impl Fn(usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (kept, reply) = (Arc::clone(&received), Arc::new(reply));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, reply) = (Arc::clone(&kept), Arc::clone(&reply));
                thread::spawn(move || answer(stream, &kept, reply.as_ref()));
            }
        });
        Self { port, received }
    }

    pub(super) fn url(&self) -> String {
        url_at(self.port)
    }

    pub(super) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The kinds of the events, in order of their arrival.
    pub(super) fn kinds(&self) -> Vec<String> {
        self.received().iter().map(Received::kind).collect()
    }

    /// How many events of a kind have come.
    pub(super) fn count(&self, kind: &str) -> usize {
        self.kinds().iter().filter(|found| *found == kind).count()
    }
}

pub(super) fn url_at(port: u16) -> String {
    format!("http://127.0.0.1:{port}/hook?token=of-the-receiver")
}

fn answer(mut stream: TcpStream, kept: &Mutex<Vec<Received>>, reply: &dyn Fn(usize) -> Reply) {
    let Some(received) = read(&mut stream) else { return };
    let number = {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.push(received);
        kept.len() - 1
    };
    // The sender may be gone.
    let _ = match reply(number) {
        Reply::Status(status) => {
            let head = format!("HTTP/1.1 {status} x\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(head.as_bytes())
        }
        Reply::Head(head) => stream.write_all(head.as_bytes()),
        Reply::Long(head, size) => {
            let piece = vec![b' '; 64 * 1024];
            let begun = stream.write_all(head.as_bytes());
            begun.and_then(|()| (0..size / piece.len()).try_for_each(|_| stream.write_all(&piece)))
        }
        Reply::Silence => {
            thread::sleep(Duration::from_secs(120));
            Ok(())
        }
    };
}

/// Reads a message. `None` if the connection ends before it does.
fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut read = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let received = Received { head: head.to_owned(), body: body.to_owned() };
            let length = received.header("content-length").parse().unwrap_or(0);
            if body.len() >= length {
                return Some(received);
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&piece[..count]),
        }
    }
}

/// Creates the webhook `alerts` at the terminal. Returns its secret.
pub(super) fn create(op: &TestOp, url: &str, options: &[&str]) -> String {
    let args = ["--quiet", "webhook", "create", "alerts", "--url", url];
    let args = [&args[..], options].concat();
    op.beside_args(&args).ok().trim().to_owned()
}
