//! Connections: accepted, bounded, timed, and let go gracefully.

use std::{convert::Infallible, net::SocketAddr, sync::Arc, time::Duration};

use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};

use super::{
    App, backchannel_logout, clean_up, connection_activity::Activity, edge, limits,
    scheduled_backup, watch,
};

/// How often the rate limiter forgets addresses that are gone.
const FORGET_INTERVAL: Duration = Duration::from_secs(60);

/// Tells a running server to stop.
#[derive(Debug, Clone)]
pub struct Shutdown(tokio::sync::watch::Sender<bool>);

impl Shutdown {
    /// A switch that was not used yet.
    pub fn new() -> Self {
        Self(tokio::sync::watch::Sender::new(false))
    }

    /// Uses it.
    pub fn trigger(&self) {
        self.0.send_replace(true);
    }

    async fn triggered(&self) {
        let mut receiver = self.0.subscribe();
        // It cannot be closed while we hold it.
        drop(receiver.wait_for(|stop| *stop).await);
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}

/// Serves until told to stop; then takes no new connections and lets running requests finish.
pub async fn serve(app: Arc<App>, listener: TcpListener, shutdown: Shutdown) {
    let graceful = GracefulShutdown::new();
    let places = Arc::new(Semaphore::new(limits::CONNECTIONS));
    let periodic = [
        tokio::spawn(forget_idle_addresses(Arc::clone(&app))),
        tokio::spawn(backchannel_logout::run(Arc::clone(&app))),
        tokio::spawn(clean_up::run(Arc::clone(&app))),
        tokio::spawn(scheduled_backup::run(Arc::clone(&app))),
        tokio::spawn(watch::watch(Arc::clone(&app), shutdown.clone())),
    ];
    loop {
        let place = Arc::clone(&places).acquire_owned();
        let accepted = tokio::select! {
            accepted = async { (place.await, listener.accept().await) } => accepted,
            () = shutdown.triggered() => break,
        };
        match accepted {
            (Ok(place), Ok((stream, peer))) => {
                spawn_connection(&app, &graceful, (stream, peer), place);
            }
            (_, Err(error)) => {
                // Out of file descriptors, as a rule: to go on at once would only spin.
                tracing::warn!(%error, "a connection was not accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            (Err(_closed), _) => break,
        }
    }
    drop(listener);
    if tokio::time::timeout(limits::SHUTDOWN_TIME, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
    periodic.iter().for_each(tokio::task::JoinHandle::abort);
}

fn spawn_connection(
    app: &Arc<App>,
    graceful: &GracefulShutdown,
    (stream, peer): (TcpStream, SocketAddr),
    place: tokio::sync::OwnedSemaphorePermit,
) {
    // Small answers must not wait for more data to come.
    drop(stream.set_nodelay(true));
    let app = Arc::clone(app);
    let activity = Activity::new();
    let requests = activity.clone();
    let service = service_fn(move |request| {
        let (app, in_flight) = (Arc::clone(&app), requests.request());
        async move {
            let response = edge::handle(app, peer.ip(), request).await;
            drop(in_flight);
            Ok::<_, Infallible>(response)
        }
    });
    let connection = builder().serve_connection(TokioIo::new(stream), service).into_owned();
    let watched = graceful.watch(connection);
    tokio::spawn(async move {
        tokio::select! {
            ended = watched => if let Err(error) = ended {
                tracing::debug!(error = error.to_string(), "a connection ended early");
            },
            () = activity.silence() => tracing::debug!("a silent connection was given up"),
        }
        drop(place);
    });
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEADER_TIME)
        .max_buf_size(limits::HEADERS)
        .max_headers(limits::HEADER_COUNT);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(64)
        .max_header_list_size(limits::HEADERS as u32)
        .keep_alive_interval(limits::HEADER_TIME)
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}

async fn forget_idle_addresses(app: Arc<App>) {
    loop {
        tokio::time::sleep(FORGET_INTERVAL).await;
        app.limiter().forget_idle();
        app.pending().forget_expired(app.now());
    }
}
