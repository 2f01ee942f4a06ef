//! `pocketid backup verify`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome},
    bar::Bar,
    source::BackupSource,
    told,
};
use crate::backup::{self, BackupContents};

const EXAMPLES: &str = "\
Examples:
  pocketid backup verify pocketid-20261124T080000Z-0.1.0.zip
  pocketid backup verify - < pocketid.zip";

/// Prove that a backup can be restored, without restoring it
///
/// All of it is read: checksums are compared, and every row is put into a database that is thrown
/// away afterwards, so that rows that do not fit show up now. Where there is a passphrase, or the
/// name ends in .age, a backup that is not encrypted is refused.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Verify {
    #[command(flatten)]
    source: BackupSource,
}

/// A backup that can be restored.
#[derive(Debug, Serialize)]
pub struct Verified {
    #[serde(flatten)]
    told: BackupContents,
}

impl Verify {
    pub fn run(self, ctx: &Context) -> Result<Verified, CliError> {
        let mut archive = self.source.open(ctx)?;
        Ok(Verified { told: backup::verify(&mut archive, &Bar::new(ctx, "Verifying"))? })
    }
}

impl Outcome for Verified {
    fn write_text(&self, page: &mut Page) {
        page.remark("This backup can be restored.\n");
        told::write(page, Vec::new(), &self.told);
    }
}
