//! How a service proves who it is, as command-line options.

use std::path::PathBuf;

use super::super::{
    error::CliError,
    names::find_client,
    public_keys::{Federated, read_jwks},
};
use crate::{
    crypto::JwkSet,
    model::{ClientId, FederatedIdentity, text::is_protected_address},
    store::Tx,
};

/// The credentials of a service, and its clients.
#[derive(Debug, Clone, clap::Args)]
pub struct ServiceOptions {
    /// Take assertions that are signed with a key of this JWK Set, or of certificates in a file in PEM form
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    /// Take tokens of this issuer: issuer=URL,subject=S[,audience=A][,jwks=URL][,single-use]; repeat
    /// for several
    #[arg(long, value_name = "ISSUER")]
    federated: Vec<Federated>,
    /// Let it get tokens through this client; repeat for several
    #[arg(long = "client", value_name = "CLIENT")]
    clients: Vec<String>,
}

impl ServiceOptions {
    /// The keys in the file, if one was given.
    pub fn jwks(&self) -> Result<Option<JwkSet>, CliError> {
        self.jwks.as_deref().map(read_jwks).transpose()
    }

    /// The issuers, of which each has a subject.
    pub fn federated(&self) -> Result<Vec<FederatedIdentity>, CliError> {
        let issuers: Vec<_> = self.federated.iter().map(|one| one.0.clone()).collect();
        for one in &issuers {
            if one.subject.as_deref().is_none_or(str::is_empty) {
                let message = format!("--federated {} has no subject", one.issuer);
                return Err(
                    CliError::usage(message).hint("name the job or workload: issuer=URL,subject=S")
                );
            }
            for (name, address) in [("issuer", &one.issuer), ("jwks", &one.jwks_url())] {
                if !is_protected_address(address) {
                    return Err(CliError::usage(format!(
                        "--federated has the {name} {address}, which is neither at https nor on \
                         this machine"
                    ))
                    .hint("strangers on the way could sign in as the service: give an https:// address"));
                }
            }
        }
        Ok(issuers)
    }

    /// The ids of the clients.
    pub fn clients(&self, tx: &mut Tx<'_>) -> Result<Vec<ClientId>, CliError> {
        self.clients.iter().map(|name| Ok(find_client(tx, name)?.id)).collect()
    }

    /// Whether clients were given.
    pub fn has_clients(&self) -> bool {
        !self.clients.is_empty()
    }
}
