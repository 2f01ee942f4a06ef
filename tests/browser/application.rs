//! An application that sends people to the provider, and shows the answers.

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    thread,
};

use pocketid::model::Client;

use super::visitor::Visitor;
use crate::support::op::{TestClient, TestOp};

/// A site whose callback URL shows each request that reaches it.
pub(super) struct Application {
    pub(super) client: TestClient,
}

impl Application {
    /// A site that is registered as `Bookmarks`.
    pub(super) fn start(op: &TestOp) -> Self {
        Self::start_with(op, |_| {})
    }

    /// A site that is registered as the test needs it.
    pub(super) fn start_with(op: &TestOp, change: impl FnOnce(&mut Client)) -> Self {
        let client = op.client_with(&listen(), |client| {
            client.name = "Bookmarks".parse().expect("a name");
            change(client);
        });
        Self { client }
    }

    /// A site that is registered already.
    pub(super) fn registered(id: &str, secret: &str) -> Self {
        let (id, secret) = (id.to_owned(), secret.to_owned());
        Self { client: TestClient { id, secret, redirect_uri: listen() } }
    }

    /// Sends the visitor to the provider, with `more` parameters in place of or after the usual.
    #[track_caller]
    pub(super) fn send(&self, visitor: &Visitor, more: &[(&str, &str)]) {
        visitor.open(&self.client.authorize_path(more));
    }

    /// Waits until the visitor is back, and returns the parameters that they brought in a query or a form.
    #[track_caller]
    pub(super) fn answer(&self, visitor: &Visitor) -> BTreeMap<String, String> {
        visitor.wait_for_url(&self.client.redirect_uri);
        let request = visitor.text("#request");
        let (head, body) = request.split_once("\n\n").unwrap_or((&request, ""));
        let target = head.split(' ').nth(1).unwrap_or_default();
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let params = if body.is_empty() { query } else { body };
        form_urlencoded::parse(params.as_bytes()).into_owned().collect()
    }
}

/// Starts the site, and returns its callback URL.
fn listen() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("its number").port();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            thread::spawn(move || answer(stream));
        }
    });
    format!("http://127.0.0.1:{port}/callback")
}

/// Shows a request: its line and its body. From `/away` it sends the browser to the same site under
/// another name.
fn answer(mut stream: TcpStream) {
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    let mut line = String::new();
    let _ = reader.read_line(&mut line);
    let headers = reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let length = headers
        .filter_map(|header| header.to_lowercase().strip_prefix("content-length: ")?.parse().ok())
        .last();
    let mut body = vec![0; length.unwrap_or(0)];
    let _ = reader.read_exact(&mut body);
    if line.contains(" /away") {
        let port = stream.local_addr().expect("an address").port();
        let head = format!("303 See Other\r\nLocation: http://localhost:{port}/welcome");
        let _ = write!(stream, "HTTP/1.1 {head}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return;
    }
    let request = format!("{}\n\n{}", line.trim_end(), String::from_utf8_lossy(&body));
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nConnection: close\r\n\r\n\
         <!doctype html><title>Bookmarks</title><link rel=icon href=data:,><pre id=request>{}</pre>",
        request.replace('&', "&amp;").replace('<', "&lt;")
    );
}
