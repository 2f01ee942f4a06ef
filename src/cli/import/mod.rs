//! `pocketid import`

mod fault;
mod found;
mod incoming;
mod write;

use std::path::PathBuf;

pub use found::ImportSummary;
pub use incoming::Incoming;
pub use write::is_in_use;

use super::{context::Context, error::CliError, prompt, secret_file};
use crate::{
    crypto::Secret,
    encryption_key::KeyOrigin,
    pocket_id::{Export, Unlock},
};

const EXAMPLES: &str = "\
Examples:
  pocketid import pocket-id-export.zip --dry-run
  pocketid import pocket-id-export.zip
  pocketid import /srv/pocket-id/data --encryption-key-file old.key --yes

The export comes from `pocket-id export`, on SQLite or on PostgreSQL. See docs/import.md.";

/// Import the accounts, clients and keys of a Pocket ID
///
/// From its export, as a ZIP file or unpacked, or from its data folder, which is only read. Passkeys,
/// client secrets, API keys and consents go on working; sessions and tokens stay behind, so people sign
/// in again. The system that it is taken into must be empty. All of it comes over, or nothing. On a
/// terminal it asks first; when a part of the old system seems to be missing, or an account has the email of another as
/// username, --yes has to say elsewhere that it is meant.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Import {
    /// Export of Pocket ID 2.0 to 2.18, or its data folder
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Only print what would be imported, and what would not
    #[arg(long)]
    dry_run: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// File with the ENCRYPTION_KEY of Pocket ID, if it is another than that of this program; - is standard
    /// input. A line feed at its end does not count
    #[arg(long, value_name = "FILE")]
    encryption_key_file: Option<PathBuf>,
    /// Generate new signing keys instead of importing the old one, whose encryption key may be lost
    #[arg(long, conflicts_with = "encryption_key_file")]
    new_signing_keys: bool,
}

impl Import {
    pub fn run(self, ctx: &Context) -> Result<ImportSummary, CliError> {
        let export = Export::open(&self.path).map_err(fault::told)?;
        let key = self.encryption_key(ctx)?;
        let unlock =
            if self.new_signing_keys { Unlock::LeaveBehind } else { Unlock::With(key.as_ref()) };
        let incoming = Incoming::of(export, unlock, ctx.now()).map_err(fault::told)?;
        let found = incoming.summary(self.dry_run);
        let doubts = found.doubts();
        doubts.iter().for_each(|doubt| ctx.report().warn(doubt));
        if self.dry_run {
            return Ok(found);
        }
        let store = ctx.store_to_fill()?;
        store.read_blocking(write::refuse_if_in_use)?;
        if ctx.report().can_ask() || !doubts.is_empty() {
            prompt::confirm(ctx, self.yes, &found.told())?;
        }
        incoming.write(ctx, store)?;
        found.warnings().iter().for_each(|warning| ctx.report().warn(warning));
        let origin = KeyOrigin::of(ctx.settings()?)?;
        Ok(found.sealed_under(origin))
    }

    /// The encryption key of Pocket ID: from the file, or else this program's, which is usually the
    /// same.
    fn encryption_key(&self, ctx: &Context) -> Result<Option<Secret>, CliError> {
        match &self.encryption_key_file {
            None => Ok(ctx.settings()?.encryption_key.clone()),
            Some(path) => secret_file::read(path, "the encryption key of Pocket ID").map(Some),
        }
    }
}
