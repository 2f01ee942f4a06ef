//! `pocketid serve` in a process of its own.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex, PoisonError, mpsc},
    thread::JoinHandle,
};

use serde_json::Value;

use super::{
    patience::{PATIENCE, run},
    wait_for,
};

/// A server in a process of its own. It is killed when it is dropped.
pub(crate) struct Server {
    pub(crate) child: Child,
    address: SocketAddr,
    /// What it has logged so far.
    logged: Arc<Mutex<String>>,
    log: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts it, and waits until it listens.
    pub(super) fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut reader = BufReader::new(child.stderr.take().unwrap());
        let (found, address) = mpsc::channel();
        let logged = Arc::new(Mutex::new(String::new()));
        let kept = Arc::clone(&logged);
        let log = std::thread::spawn(move || {
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 0 {
                if let Some(address) = listening_at(&line) {
                    found.send(address).unwrap();
                }
                kept.lock().unwrap_or_else(PoisonError::into_inner).push_str(&line);
                line.clear();
            }
        });
        let Ok(address) = address.recv_timeout(PATIENCE) else {
            drop(child.kill());
            drop(child.wait());
            log.join().unwrap();
            panic!("the server does not listen:\n{}", logged.lock().unwrap());
        };
        Self { child, address, logged, log: Some(log) }
    }

    /// Starts it at this port with a log that goes elsewhere, and waits until it listens.
    pub(super) fn start_at(port: u16, mut command: Command) -> Self {
        let child = command.spawn().unwrap();
        let logged = Arc::default();
        let server = Self { child, address: ([127, 0, 0, 1], port).into(), logged, log: None };
        wait_for("the start of the server", || TcpStream::connect(server.address).is_ok());
        server
    }

    /// What it has logged so far.
    pub(crate) fn logged(&self) -> String {
        self.logged.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has logged this.
    #[track_caller]
    pub(crate) fn wait_until_logged(&self, text: &str) {
        wait_for(&format!("{text:?} in the log"), || self.logged().contains(text));
    }

    /// The status of an answer.
    pub(crate) fn status(&self, head: &str) -> u16 {
        self.request(head)[9..12].parse().unwrap()
    }

    /// Waits until an answer has this status.
    pub(crate) fn wait_for_status(&self, head: &str, status: u16) {
        wait_for(&format!("{status} to {head}"), || self.status(head) == status);
    }

    /// A file as the server sees it, which may have mounts of its own.
    pub(crate) fn its(&self, path: &Path) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.child.id()));
        root.join(path.strip_prefix("/").unwrap())
    }

    /// Where it listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Sends a request and gives the answer as it is on the wire.
    pub(crate) fn request(&self, head: &str) -> String {
        let mut stream = self.connect();
        write!(stream, "{head}\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Opens a connection.
    pub(crate) fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// Sends a signal, such as `TERM`.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(run(Command::new("kill").args(["-s", name, &id])).status.success());
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Sends many requests over one connection; gives the status of each answer.
    pub(crate) fn pipeline(&self, head: &str, count: usize) -> Vec<u16> {
        let mut stream = self.connect();
        let mut sender = stream.try_clone().unwrap();
        let request = format!("{head}\r\nHost: localhost\r\n");
        let requests = format!("{request}\r\n").repeat(count - 1);
        let last = format!("{request}Connection: close\r\n\r\n");
        // A server that gives up in between is told by the answers that are missing.
        let sent = std::thread::spawn(move || sender.write_all((requests + &last).as_bytes()));
        let mut answers = Vec::new();
        stream.read_to_end(&mut answers).unwrap();
        drop(sent.join().unwrap());
        let answers = String::from_utf8_lossy(&answers).into_owned();
        let status = |answer: &str| answer[..3].parse().unwrap();
        answers.split("HTTP/1.1 ").skip(1).map(status).collect()
    }

    /// Waits for its end; gives the exit code and the log.
    pub(crate) fn wait(mut self) -> (Option<i32>, String) {
        wait_for("the end of the server", || self.has_ended());
        // The log ends with it.
        self.log.take().into_iter().for_each(|log| log.join().unwrap());
        (self.child.wait().unwrap().code(), self.logged())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn listening_at(line: &str) -> Option<SocketAddr> {
    let entry: Value = serde_json::from_str(line).ok()?;
    (entry["message"] == "listening").then(|| entry["address"].as_str().unwrap().parse().unwrap())
}
