//! Load over kept connections, each with one request at a time.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::{Request, client::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// A request to be made.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Bytes,
}

impl Call {
    /// A request without headers of its own.
    pub(crate) fn get(path: &str) -> Self {
        Self { method: "GET", path: path.to_owned(), headers: Vec::new(), body: Bytes::new() }
    }
}

/// A response of the server.
#[derive(Debug, Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) body: Bytes,
}

/// How long it took.
#[derive(Debug)]
pub(crate) struct Figures {
    elapsed: Duration,
    latencies: Vec<Duration>,
}

impl Figures {
    pub(crate) fn per_second(&self) -> f64 {
        self.latencies.len() as f64 / self.elapsed.as_secs_f64()
    }

    pub(crate) fn p99(&self) -> Duration {
        self.latencies[self.latencies.len() * 99 / 100]
    }
}

/// Makes the calls over so many connections to these servers in turn, as fast as they are answered.
pub(crate) fn run(
    servers: &[SocketAddr],
    connections: usize,
    calls: Vec<Call>,
) -> (Figures, Vec<Answer>) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let calls = Arc::new(Mutex::new(calls));
    let started = Instant::now();
    let done = runtime.block_on(async {
        let workers: Vec<_> = (0..connections)
            .map(|number| servers[number % servers.len()])
            .map(|address| tokio::spawn(work(address, Arc::clone(&calls))))
            .collect();
        let mut done = Vec::new();
        for worker in workers {
            done.extend(worker.await.unwrap());
        }
        done
    });
    let elapsed = started.elapsed();
    let (mut latencies, answers): (Vec<_>, Vec<_>) = done.into_iter().unzip();
    latencies.sort();
    (Figures { elapsed, latencies }, answers)
}

async fn work(address: SocketAddr, calls: Arc<Mutex<Vec<Call>>>) -> Vec<(Duration, Answer)> {
    let stream = TcpStream::connect(address).await.unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.unwrap();
    tokio::spawn(connection);
    let mut done = Vec::new();
    loop {
        let Some(call) = calls.lock().unwrap().pop() else { return done };
        let mut request =
            Request::builder().method(call.method).uri(&call.path).header("host", "localhost");
        for (name, value) in &call.headers {
            request = request.header(*name, value);
        }
        let started = Instant::now();
        let response = sender.send_request(request.body(Full::new(call.body)).unwrap());
        let (parts, body) = response.await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let location = parts.headers.get("location").map(|value| value.to_str().unwrap());
        let location = location.unwrap_or_default().to_owned();
        done.push((started.elapsed(), Answer { status: parts.status.as_u16(), location, body }));
    }
}
