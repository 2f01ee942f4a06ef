//! `pocketid ssh ca activate`

use super::{
    super::super::{context::Context, error::CliError},
    key_list::{KeyList, find_key},
};
use crate::operations::ssh::ca_keys;

const EXAMPLES: &str = "\
Examples:
  pocketid ssh ca activate 0197a0c2-91c2-7cc3-9d1c-2f65a1d0d1f4";

/// Let a key sign
///
/// The one that signed before stays trusted until it is removed, but its private key is deleted: it signs no more. So let
/// every host trust the new one first.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Activate {
    /// Id or fingerprint
    #[arg(value_name = "KEY")]
    key: String,
}

impl Activate {
    pub fn run(self, ctx: &Context) -> Result<KeyList, CliError> {
        let keys = ctx.act(ctx.existing_store()?, self.key, |act, name| {
            let id = find_key(act, name)?;
            ca_keys::activate(act, id)?;
            Ok::<_, CliError>(ca_keys::shown(act)?)
        })?;
        Ok(KeyList(keys))
    }
}
