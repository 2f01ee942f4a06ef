//! Sends the messages of webhooks (Standard Webhooks 1.0).
//!
//! The receiver is an address that an administrator configured, so it may be inside the network.
//! Redirects are not followed, and of the answer only the head is read.

mod error;
mod send;

pub use error::WebhookError;
pub use send::{SignedMessage, WebhookMeans, ping, send};
