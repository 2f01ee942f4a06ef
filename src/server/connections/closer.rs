//! Closes a connection from elsewhere.

use std::sync::Arc;

use tokio::sync::Notify;

/// A handle that closes a connection. It keeps nothing of the connection alive.
#[derive(Debug, Clone)]
pub(super) struct Closer(Arc<Notify>);

impl Closer {
    /// Closes the connection that waits for this.
    pub(super) fn new(closed: &Arc<Notify>) -> Self {
        Self(Arc::clone(closed))
    }

    pub(super) fn close(&self) {
        self.0.notify_one();
    }
}
