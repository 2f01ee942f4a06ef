//! Client authentication without a secret, as command-line options.

use std::path::PathBuf;

use super::{
    super::{
        error::CliError,
        public_keys::{Federated, read_jwks},
    },
    sections::CLIENT,
};
use crate::model::ClientKeys;

/// The options for a client's keys.
#[derive(Debug, Clone, clap::Args)]
pub struct KeyOptions {
    /// Let it prove itself with the keys of this JWK Set instead of a secret (private_key_jwt)
    #[arg(long, value_name = "FILE", help_heading = CLIENT)]
    jwks: Option<PathBuf>,
    /// Let tokens of this issuer stand for it instead of a secret:
    /// issuer=URL[,subject=S][,audience=A][,jwks=URL][,single-use]; repeat for several
    #[arg(long, value_name = "ISSUER", help_heading = CLIENT)]
    federated: Vec<Federated>,
}

impl KeyOptions {
    /// Reads the keys.
    pub fn read(self) -> Result<ClientKeys, CliError> {
        Ok(ClientKeys {
            jwks: self.jwks.as_deref().map(read_jwks).transpose()?,
            federated_identities: self.federated.into_iter().map(|one| one.0).collect(),
        })
    }
}
