//! A proxy as it stands in front of a provider: it says for whom it asks.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    thread,
};

/// A running proxy.
pub(crate) struct Proxy {
    port: u16,
}

impl Proxy {
    /// Starts one in front of this port.
    pub(crate) fn start(behind: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = listener.local_addr().expect("its number").port();
        thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                thread::spawn(move || forward(stream, behind));
            }
        });
        Self { port }
    }

    /// Where it listens.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

/// One request without a body, and its answer.
fn forward(mut stream: TcpStream, behind: u16) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head)? > 0 {}
    let head = head.trim_end();
    let mut server = TcpStream::connect(("127.0.0.1", behind))?;
    write!(server, "{head}\r\nX-Forwarded-For: 203.0.113.7\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    server.read_to_end(&mut answer)?;
    stream.write_all(&answer)
}
