//! `pocketid diff`

use super::{
    super::{context::Context, error::CliError},
    file::File,
    shown::Shown,
    workshop::Workshop,
};

const EXAMPLES: &str = "\
Examples:
  pocketid diff -f pocketid.yaml
  pocketid diff -f pocketid.yaml --prune -o json

It exits with 1 when there is a difference, and with 0 when there is none.";

/// Print what `pocketid apply` would do
///
/// It changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Diff {
    #[command(flatten)]
    file: File,
    /// Also entries missing from the file, in the sections the file has
    #[arg(long)]
    prune: bool,
}

impl Diff {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let wanted = self.file.read(ctx)?;
        let store = ctx.existing_store()?;
        let steps = Workshop::new(ctx, store, false)?.plan(
            store,
            &wanted,
            self.prune,
            &self.file.name(),
        )?;
        ctx.report().plan(&Shown::of(&steps))?;
        match steps.len() {
            0 => Ok(()),
            1 => Err(CliError::refused("there is a difference")),
            count => Err(CliError::refused(format!("there are {count} differences"))),
        }
    }
}
