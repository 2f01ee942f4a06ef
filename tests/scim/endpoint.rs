//! Endpoints that behave in any way.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// A listener that answers each request as a function says. It goes on until the process ends.
pub(super) struct Endpoint {
    address: String,
    requests: Arc<Mutex<Vec<String>>>,
}

/// The answer to a request.
pub(super) enum Reply {
    /// This status, with this body.
    Json(u16, String),
    /// These bytes.
    Raw(Vec<u8>),
    /// These bytes, and then as many more.
    Long(String, usize),
    /// Nothing, and the connection stays open.
    Silence,
}

impl Reply {
    /// A list with these resources.
    pub(super) fn list(resources: &[serde_json::Value]) -> Self {
        let body = serde_json::json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": resources.len(),
            "Resources": resources,
        });
        Self::Json(200, body.to_string())
    }
}

impl Endpoint {
    /// Starts to listen. The function gets the method and the path with its query.
    pub(super) fn start(reply: impl Fn(&str, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/scim", listener.local_addr().expect("its address"));
        let requests = Arc::new(Mutex::new(Vec::new()));
        let (kept, reply) = (Arc::clone(&requests), Arc::new(reply));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, reply) = (Arc::clone(&kept), Arc::clone(&reply));
                thread::spawn(move || answer(stream, &kept, reply.as_ref()));
            }
        });
        Self { address, requests }
    }

    pub(super) fn address(&self) -> &str {
        &self.address
    }

    /// The method and the path of each request, in order.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").clone()
    }
}

fn answer(mut stream: TcpStream, kept: &Mutex<Vec<String>>, reply: &dyn Fn(&str, &str) -> Reply) {
    while let Some(head) = read_request(&mut stream) {
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        kept.lock().expect("no panic").push(format!("{method} {path}"));
        let written = match reply(method, path) {
            Reply::Json(status, body) => {
                let head = format!(
                    "HTTP/1.1 {status} x\r\ncontent-type: application/scim+json\r\ncontent-length: {}\r\n\r\n",
                    body.len()
                );
                stream.write_all((head + &body).as_bytes())
            }
            Reply::Raw(bytes) => stream.write_all(&bytes),
            Reply::Long(head, size) => {
                let piece = vec![b' '; 64 * 1024];
                let begun = stream.write_all(head.as_bytes());
                begun.and_then(|()| {
                    (0..size / piece.len()).try_for_each(|_| stream.write_all(&piece))
                })
            }
            Reply::Silence => {
                thread::sleep(Duration::from_secs(120));
                return;
            }
        };
        if written.is_err() {
            return;
        }
    }
}

/// Reads a request with its body. `None` at the end of the connection.
fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut read = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        let text = String::from_utf8_lossy(&read).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        match stream.read(&mut piece) {
            Ok(0) | Err(_) => return None,
            Ok(count) => read.extend_from_slice(&piece[..count]),
        }
    }
}
