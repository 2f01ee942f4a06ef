//! The files of the application, and its configuration.

use std::{
    fs,
    io::{BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

use serde_json::json;

use crate::support::{
    op::{TestClient, TestOp},
    program::relying_party,
};

/// A site that is known by an address before it knows its client.
pub(super) struct Site {
    host: &'static str,
    listener: TcpListener,
}

impl Site {
    /// Takes a free port of this machine, which is called `host`.
    pub(super) fn reserve(host: &'static str) -> Self {
        Self { host, listener: TcpListener::bind("127.0.0.1:0").expect("a free port") }
    }

    /// The address of a path.
    pub(super) fn url(&self, path: &str) -> String {
        let port = self.listener.local_addr().expect("its number").port();
        format!("http://{}:{port}{path}", self.host)
    }

    /// Answers from now on.
    pub(super) fn start(self, op: &TestOp, client: &TestClient, response_mode: &str) {
        let config = json!({
            "authority": op.base_url(),
            "client_id": client.id,
            "response_mode": response_mode,
        })
        .to_string();
        thread::spawn(move || {
            for stream in self.listener.incoming().map_while(Result::ok) {
                let config = config.clone();
                thread::spawn(move || answer(&stream, config));
            }
        });
    }
}

fn answer(mut stream: &TcpStream, config: String) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(line) = lines.next() else { return };
    // A browser is only answered when all of its request has been read.
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let path = line.split([' ', '?']).nth(1).unwrap_or_default();
    let (content_type, body) = match path {
        "/config.json" => ("application/json", config),
        "/app.js" => ("text/javascript", file("browser/app.js")),
        "/oidc-client-ts.js" => ("text/javascript", file(LIBRARY)),
        _ => ("text/html", file("browser/index.html")),
    };
    let _ = write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
         Connection: close\r\n\r\n{body}",
        body.len()
    );
}

/// As `tests/setup.sh` installs it.
const LIBRARY: &str = "javascript/node_modules/oidc-client-ts/dist/browser/oidc-client-ts.min.js";

fn file(path: &str) -> String {
    let path = relying_party(path);
    fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!("cannot read {}: {error}. `tests/setup.sh` installs it.", path.display())
    })
}
