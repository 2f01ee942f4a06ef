//! TLS to the PostgreSQL server, according to `sslmode`.

use std::{path::Path, sync::Arc};

use ::postgres::{Client, Config, NoTls, config::SslMode};
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme,
    client::{
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        verify_server_cert_signed_by_trust_anchor, verify_server_name,
    },
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
    server::ParsedCertificate,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::super::StoreError;
use crate::{
    crypto::tls::{provider, system_roots},
    model::database::{Tls, TlsMode},
};

/// Connects with the TLS mode of the address.
pub(super) fn connect(config: &Config, tls: &Tls) -> Result<Client, StoreError> {
    let mut config = config.clone();
    let ssl_mode = match tls.mode {
        TlsMode::Disable => return Ok(config.ssl_mode(SslMode::Disable).connect(NoTls)?),
        TlsMode::Prefer => SslMode::Prefer,
        TlsMode::Require | TlsMode::VerifyCa | TlsMode::VerifyFull => SslMode::Require,
    };
    let verifier = Verifier {
        trusted: match tls.mode {
            TlsMode::VerifyCa | TlsMode::VerifyFull => Some(Trusted::of(tls)?),
            _ => None,
        },
        verifies_name: tls.mode == TlsMode::VerifyFull,
        provider: provider(),
    };
    let client_config = client_with(verifier)?;
    Ok(config.ssl_mode(ssl_mode).connect(MakeRustlsConnect::new(client_config))?)
}

/// The trusted certificates.
#[derive(Debug)]
struct Trusted {
    /// The certificates of the `sslrootcert` file, if given.
    given: Vec<CertificateDer<'static>>,
    roots: RootCertStore,
}

impl Trusted {
    fn of(tls: &Tls) -> Result<Self, StoreError> {
        match &tls.roots {
            Some(file) => Self::of_file(file).map_err(|cause| {
                StoreError::Setting(format!("sslrootcert {}: {cause}", file.display()))
            }),
            None => Ok(Self { given: Vec::new(), roots: system_roots().map_err(unreachable)? }),
        }
    }

    fn of_file(file: &Path) -> Result<Self, String> {
        let certificates = CertificateDer::pem_file_iter(file);
        let certificates = certificates.and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let given = certificates.map_err(|error| error.to_string())?;
        let mut roots = RootCertStore::empty();
        for certificate in &given {
            roots.add(certificate.clone()).map_err(|error| error.to_string())?;
        }
        if given.is_empty() {
            Err("it contains no certificate".into())
        } else {
            Ok(Self { given, roots })
        }
    }
}

fn unreachable(error: impl std::fmt::Display) -> StoreError {
    StoreError::Unreachable { cause: error.to_string() }
}

fn client_with(verifier: Verifier) -> Result<ClientConfig, StoreError> {
    let builder = ClientConfig::builder_with_provider(Arc::clone(&verifier.provider))
        .with_safe_default_protocol_versions()
        .map_err(unreachable)?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    Ok(builder.with_no_client_auth())
}

/// Verifies the server certificate as far as `sslmode` requires. Without trusted certificates
/// (`prefer`, `require`), TLS protects against eavesdropping only; the server is not authenticated.
/// Handshake signatures are always verified.
#[derive(Debug)]
struct Verifier {
    trusted: Option<Trusted>,
    verifies_name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(trusted) = &self.trusted else { return Ok(ServerCertVerified::assertion()) };
        let certificate = ParsedCertificate::try_from(end_entity)?;
        // A self-signed server certificate is accepted if the file contains it.
        if !trusted.given.iter().any(|given| given == end_entity) {
            verify_server_cert_signed_by_trust_anchor(
                &certificate,
                &trusted.roots,
                intermediates,
                now,
                self.provider.signature_verification_algorithms.all,
            )?;
        }
        if self.verifies_name {
            verify_server_name(&certificate, server_name)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
