//! Client authentication without a secret, as command-line options.

use std::path::{Path, PathBuf};

use super::{
    super::{
        error::CliError,
        public_keys::{Federated, read_file, read_jwks},
    },
    sections::CLIENT,
};
use crate::model::{CertificateName, ClientKeys, TlsClientAuth};

/// The options for a client's keys.
#[derive(Debug, Clone, clap::Args)]
pub struct KeyOptions {
    /// Let it prove itself with the keys of this JWK Set instead of a secret (private_key_jwt), or of
    /// certificates in a file in PEM form
    #[arg(long, value_name = "FILE", help_heading = CLIENT)]
    jwks: Option<PathBuf>,
    /// Let tokens of this issuer stand for it instead of a secret:
    /// issuer=URL[,subject=S][,audience=A][,jwks=URL][,single-use]; repeat for several
    #[arg(long, value_name = "ISSUER", help_heading = CLIENT)]
    federated: Vec<Federated>,
    /// Let it prove itself with TLS certificates that have this name (tls_client_auth, RFC 8705):
    /// dn=, dns=, uri=, ip= or email=, such as dns=client.example.com
    #[arg(long, value_name = "NAME", requires = "tls_ca", help_heading = CLIENT)]
    tls_subject: Option<CertificateName>,
    /// Certificates of the authorities that issue its TLS certificates, in PEM form
    #[arg(long, value_name = "FILE", requires = "tls_subject", help_heading = CLIENT)]
    tls_ca: Option<PathBuf>,
    /// Let it prove itself with the TLS certificates of its own keys, those of --jwks
    /// (self_signed_tls_client_auth, RFC 8705), and with no secret
    #[arg(long, conflicts_with = "tls_subject", help_heading = CLIENT)]
    tls_self_signed: bool,
}

impl KeyOptions {
    /// Reads the keys.
    pub fn read(self) -> Result<ClientKeys, CliError> {
        Ok(ClientKeys {
            jwks: self.jwks.as_deref().map(read_jwks).transpose()?,
            federated_identities: self.federated.into_iter().map(|one| one.0).collect(),
            tls_client_auth: match (self.tls_subject, &self.tls_ca) {
                (Some(name), Some(path)) => Some(read_authorities(name, path)?),
                _ => self.tls_self_signed.then_some(TlsClientAuth::SelfSigned),
            },
        })
    }
}

fn read_authorities(name: CertificateName, path: &Path) -> Result<TlsClientAuth, CliError> {
    let fault = |what: String| {
        CliError::usage(format!("{}: {what}", path.display()))
            .hint("the file must have certificates in PEM form: -----BEGIN CERTIFICATE-----")
    };
    let text = String::from_utf8(read_file(path).map_err(fault)?);
    let text = text.map_err(|_| fault("it is not a text".into()))?;
    TlsClientAuth::new(name, &text).map_err(|error| fault(error.to_string()))
}
