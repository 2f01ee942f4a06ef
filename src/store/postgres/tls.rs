//! TLS to the server, as far as `sslmode` asks for it.

use std::sync::Arc;

use ::postgres::{Client, Config, NoTls, config::SslMode};
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::StoreError;
use crate::{
    crypto::tls::{provider, verifying_client},
    model::database::TlsMode,
};

/// Connects.
pub(super) fn connect(config: &Config, mode: TlsMode) -> Result<Client, StoreError> {
    let mut config = config.clone();
    let ssl_mode = match mode {
        TlsMode::Disable => return Ok(config.ssl_mode(SslMode::Disable).connect(NoTls)?),
        TlsMode::Prefer => SslMode::Prefer,
        TlsMode::Require | TlsMode::VerifyFull => SslMode::Require,
    };
    let client_config = match mode {
        TlsMode::VerifyFull => Arc::unwrap_or_clone(verifying_client().map_err(unreachable)?),
        _ => unverifying_client().map_err(unreachable)?,
    };
    Ok(config.ssl_mode(ssl_mode).connect(MakeRustlsConnect::new(client_config))?)
}

fn unreachable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unreachable { cause: error.to_string() }
}

fn unverifying_client() -> Result<ClientConfig, Error> {
    let provider = provider();
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let verifier = Arc::new(Anybody(provider));
    let builder = builder.dangerous().with_custom_certificate_verifier(verifier);
    Ok(builder.with_no_client_auth())
}

/// Accepts any certificate, as `sslmode=require` means it: nobody who only listens understands, but
/// who answers is not proven. The handshake's signatures are verified all the same.
#[derive(Debug)]
struct Anybody(Arc<CryptoProvider>);

impl ServerCertVerifier for Anybody {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
