//! TLS for outgoing connections: algorithms and trusted certificates.

use std::{str::FromStr, sync::Arc};

use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject as _},
};

/// The TLS algorithms. They come from `ring`, like all others.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The system has no trusted root certificates, so no server can be verified.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("this system has no certificates to verify the server")]
pub struct NoCertificates;

/// Certificates of private authorities, which are trusted in addition to this system's.
#[derive(Debug, Clone, Default)]
pub struct Authorities(Vec<CertificateDer<'static>>);

/// Why a text has no certificates to trust. Each reads after the name of a setting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AuthoritiesFault {
    /// It has none.
    #[error("has no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----")]
    Missing,
    /// One of them is damaged, or is no certificate.
    #[error("has a certificate that cannot be read")]
    Unreadable,
}

impl FromStr for Authorities {
    type Err = AuthoritiesFault;

    /// Reads all certificates of a text in PEM form. Other sections are skipped.
    fn from_str(text: &str) -> Result<Self, AuthoritiesFault> {
        let mut roots = RootCertStore::empty();
        let mut certificates = Vec::new();
        for found in CertificateDer::pem_slice_iter(text.as_bytes()) {
            let certificate = found.map_err(|_| AuthoritiesFault::Unreadable)?;
            roots.add(certificate.clone()).map_err(|_| AuthoritiesFault::Unreadable)?;
            certificates.push(certificate);
        }
        if certificates.is_empty() {
            Err(AuthoritiesFault::Missing)
        } else {
            Ok(Self(certificates))
        }
    }
}

impl Authorities {
    /// The certificates, in DER form.
    pub fn der(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|certificate| certificate.as_ref())
    }
}

/// Takes every certificate, and still proves that the server has its key.
#[derive(Debug)]
struct Unverified(Arc<CryptoProvider>);

impl ServerCertVerifier for Unverified {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.0.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// A client configuration that does not verify the server, for those whose administrator chose so
/// (`smtpSkipCertVerify`, `ldapSkipCertVerify`).
pub fn unverified_client() -> Arc<ClientConfig> {
    let provider = provider();
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .expect("ring has algorithms for every version");
    let builder =
        builder.dangerous().with_custom_certificate_verifier(Arc::new(Unverified(provider)));
    Arc::new(builder.with_no_client_auth())
}

/// Loads the root certificates that this system trusts.
pub fn system_roots() -> Result<RootCertStore, NoCertificates> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() { Err(NoCertificates) } else { Ok(roots) }
}

/// A client configuration that verifies the server against this system's root certificates and
/// those of private authorities.
pub fn verifying_client(own: &Authorities) -> Result<Arc<ClientConfig>, NoCertificates> {
    let mut roots = match system_roots() {
        Err(_) if !own.0.is_empty() => RootCertStore::empty(),
        roots => roots?,
    };
    roots.add_parsable_certificates(own.0.iter().cloned());
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|_| NoCertificates)?;
    Ok(Arc::new(builder.with_root_certificates(roots).with_no_client_auth()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_without_a_sound_certificate_is_refused() {
        for (text, fault) in [
            ("", AuthoritiesFault::Missing),
            ("ca.pem", AuthoritiesFault::Missing),
            (
                "-----BEGIN CERTIFICATE-----\nYQ==\n-----END CERTIFICATE-----\n",
                AuthoritiesFault::Unreadable,
            ),
            ("-----BEGIN CERTIFICATE-----\nYQ==\n", AuthoritiesFault::Unreadable),
            (
                "-----BEGIN PUBLIC KEY-----\nYQ==\n-----END PUBLIC KEY-----\n",
                AuthoritiesFault::Missing,
            ),
        ] {
            assert_eq!(text.parse::<Authorities>().unwrap_err(), fault, "{text}");
        }
    }
}
