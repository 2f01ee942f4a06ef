//! SIGTERM and SIGINT: the first ends the server gracefully, the second at once.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};

use super::super::log_queue;
use crate::server::Shutdown;

/// Starts watching for both signals.
pub fn watch(shutdown: &Shutdown) -> io::Result<()> {
    let mut signals = Signals {
        interrupt: signal(SignalKind::interrupt())?,
        terminate: signal(SignalKind::terminate())?,
    };
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        signals.next().await;
        tracing::info!("stopping after the running requests");
        shutdown.trigger();
        signals.next().await;
        tracing::warn!("stopping at once");
        end();
    });
    Ok(())
}

/// Exits at once. Nothing is lost: commits are on disk before requests are answered.
#[expect(clippy::disallowed_methods, reason = "somebody who asks twice wants no destructors")]
fn end() -> ! {
    log_queue::flush();
    std::process::exit(1)
}

struct Signals {
    interrupt: Signal,
    terminate: Signal,
}

impl Signals {
    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}
