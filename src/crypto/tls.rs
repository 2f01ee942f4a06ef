//! TLS for outgoing connections: algorithms and trusted certificates.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::{CryptoProvider, ring},
};

/// The TLS algorithms. They come from `ring`, like all others.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The system has no trusted root certificates, so no server can be verified.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("this system has no certificates to verify the server")]
pub struct NoCertificates;

/// Loads the root certificates that this system trusts.
pub fn system_roots() -> Result<RootCertStore, NoCertificates> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { Err(NoCertificates) } else { Ok(roots) }
}

/// A client configuration that verifies the server against this system's root certificates.
pub fn verifying_client() -> Result<Arc<ClientConfig>, NoCertificates> {
    let roots = system_roots()?;
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| NoCertificates)?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}
