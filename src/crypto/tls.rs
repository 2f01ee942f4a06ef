//! What TLS is made of.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};

/// The algorithms of TLS, by `ring` like all others.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}
