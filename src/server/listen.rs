//! Accepts connections, bounds their number and time, and closes them gracefully.

use std::{
    convert::Infallible,
    sync::Arc,
    time::{Duration, Instant},
};

use hyper::service::service_fn;
use hyper_util::{
    rt::{TokioExecutor, TokioTimer},
    server::{conn::auto, graceful::GracefulShutdown},
};
use tokio::net::{TcpListener, TcpStream};

use super::{
    App,
    connections::{Connection, Connections},
    edge, limits, periodic,
    shutdown::Shutdown,
};

/// How often a failure to accept connections is logged.
const TELL_AGAIN: Duration = Duration::from_secs(60);

/// Serves until told to stop. Then accepts no new connections and lets running requests finish.
pub async fn serve(app: Arc<App>, listener: TcpListener, shutdown: Shutdown) {
    let graceful = GracefulShutdown::new();
    let connections = Connections::new();
    let periodic = periodic::start(&app, &shutdown);
    let mut was_told: Option<Instant> = None;
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.triggered() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                let is_proxy = app.settings().trust_proxy.trusts(peer.ip());
                match connections.admit(peer.ip(), is_proxy) {
                    Some(connection) => spawn_connection(&app, &graceful, stream, connection),
                    None => tracing::debug!(peer = %peer.ip(), "refused a connection: no place"),
                }
            }
            Err(error) => {
                if was_told.is_none_or(|at| at.elapsed() >= TELL_AGAIN) {
                    tracing::warn!(%error, "could not accept a connection");
                    was_told = Some(Instant::now());
                }
                // Usually the file descriptors are used up. Retrying at once would only spin.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(limits::SHUTDOWN_TIME, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time and were cut off");
    }
    drop(periodic);
    app.request_log().tell_all();
}

fn spawn_connection(
    app: &Arc<App>,
    graceful: &GracefulShutdown,
    stream: TcpStream,
    connection: Connection,
) {
    // Small answers must not wait for more data (Nagle's algorithm).
    drop(stream.set_nodelay(true));
    let (app, connection) = (Arc::clone(app), Arc::new(connection));
    let stream = connection.watch(stream);
    let requests = Arc::clone(&connection);
    let service = service_fn(move |request| {
        let (app, connection) = (Arc::clone(&app), Arc::clone(&requests));
        async move { Ok::<_, Infallible>(edge::handle(app, &connection, request).await) }
    });
    let served = graceful.watch(builder().serve_connection(stream, service).into_owned());
    tokio::spawn(async move {
        tokio::select! {
            ended = served => if let Err(error) = ended {
                tracing::debug!(error = error.to_string(), "a connection ended early");
            },
            reason = connection.end() => tracing::debug!(reason, "closed a connection"),
        }
    });
}

fn builder() -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new());
    // The timeouts of heads and idle connections are in `connections/`.
    builder.http1().max_buf_size(limits::HEADERS).max_headers(limits::HEADER_COUNT);
    // h2 itself closes connections that reset streams rapidly (20 not yet accepted, 1,024 because
    // of local errors), and those with more CONTINUATION frames than the header list may be long.
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::HTTP2_STREAMS)
        .max_header_list_size(limits::HTTP2_HEADERS)
        .initial_stream_window_size(limits::HTTP2_WINDOW)
        .initial_connection_window_size(limits::HTTP2_WINDOW)
        .max_send_buf_size(limits::HTTP2_WINDOW as usize)
        .max_pending_accept_reset_streams(20)
        .max_local_error_reset_streams(1_024)
        .keep_alive_interval(Duration::from_secs(75))
        .keep_alive_timeout(Duration::from_secs(20));
    builder
}
