//! A site without TLS on this machine that answers each path in its own way.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// Answers a request by its head: the status line with headers, and the body.
pub(crate) type Answers = dyn Fn(&str) -> SiteAnswer + Send + Sync;

/// An answer: `head` is the status and further headers.
pub(crate) struct SiteAnswer {
    pub head: String,
    pub body: Vec<u8>,
}

impl SiteAnswer {
    pub(crate) fn new(head: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { head: head.to_owned(), body: body.into() }
    }
}

/// The site, and the heads of the requests that it got.
pub(crate) struct FileSite {
    port: u16,
    requests: Arc<Mutex<Vec<String>>>,
}

impl FileSite {
    pub(crate) fn start(answers: Box<Answers>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its number").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let noted = Arc::clone(&requests);
        thread::spawn(move || {
            for mut stream in listener.incoming().map_while(Result::ok) {
                let lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let head: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
                let head = head.join("\n");
                noted.lock().unwrap_or_else(PoisonError::into_inner).push(head.clone());
                let SiteAnswer { head, body } = answers(&head);
                let length = body.len();
                let head = format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\n\r\n");
                drop(stream.write_all(&[head.as_bytes(), &body].concat()));
            }
        });
        Self { port, requests }
    }

    pub(crate) fn host(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
