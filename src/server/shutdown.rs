//! Tells a running server to stop.

use tokio::sync::watch::Sender;

/// Tells a running server to stop.
#[derive(Debug, Clone)]
pub struct Shutdown(Sender<bool>);

impl Shutdown {
    /// A switch that is not triggered yet.
    pub fn new() -> Self {
        Self(Sender::new(false))
    }

    /// Tells the server to stop.
    pub fn trigger(&self) {
        self.0.send_replace(true);
    }

    /// Waits until the server is told to stop.
    pub async fn triggered(&self) {
        let mut receiver = self.0.subscribe();
        // The channel stays open, since `self` holds its sender.
        drop(receiver.wait_for(|stop| *stop).await);
    }
}

impl Default for Shutdown {
    fn default() -> Self {
        Self::new()
    }
}
