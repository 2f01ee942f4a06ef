//! `pocketid ssh ca remove`

use serde::Serialize;

use super::{
    super::super::{
        context::Context,
        error::CliError,
        removal::{self, Removal, RemovalOptions},
        removed::Removed,
    },
    key_list::unknown_key,
};
use crate::{
    model::SshCaKeyId,
    operations::ssh::ca_keys,
    store::{Store, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh ca remove 01979bcf-5f44-7d1e-8b13-4f8d44a3a0b9 --yes";

/// Remove a key
///
/// Everything that it signed is revoked, and it is not among the trusted keys any more. The key that signs is refused while
/// there is another one of its kind. On a terminal the command asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Remove {
    /// Id or fingerprint
    #[arg(value_name = "KEY")]
    key: String,
    #[command(flatten)]
    options: RemovalOptions,
}

/// The key that is not trusted any more.
#[derive(Debug, Serialize)]
pub struct GoneKey {
    id: SshCaKeyId,
}

impl Remove {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneKey>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Remove {
    type Thing = SshCaKeyId;
    type Gone = GoneKey;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<SshCaKeyId>, CliError> {
        let is_it = |id: &SshCaKeyId| id.to_string() == self.key;
        let keys = ca_keys::trusted(tx)?;
        let mut found =
            keys.iter().filter(|key| is_it(&key.id) || key.public_key.fingerprint() == self.key);
        Ok(found.next().map(|key| key.id))
    }

    fn missing(&self, _tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        Ok(unknown_key(&self.key))
    }

    fn consequence(&self, id: &SshCaKeyId) -> String {
        format!("This revokes every certificate that the key {id} signed.")
    }

    fn remove(&self, ctx: &Context, store: &Store, id: SshCaKeyId) -> Result<GoneKey, CliError> {
        ctx.act(store, id, |act, id| ca_keys::remove(act, *id))?;
        ctx.report().note(format!("The key {id} is removed."));
        Ok(GoneKey { id })
    }
}
