//! `pocketid diff`

use super::{
    super::{context::Context, error::CliError},
    file::File,
    prepare::prepare,
    printed::Printed,
    wording::refuse,
};
use crate::configuration::DesiredState;

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
        let wanted = DesiredState { document: self.file.read(ctx)?, prune: self.prune };
        let store = ctx.existing_store()?;
        let workshop = prepare(ctx, store, false)?;
        let planned = store.read_blocking(|tx| workshop.plan(tx, &wanted));
        let steps = planned.map_err(|error| refuse(&self.file.name(), error))?;
        ctx.report().plan(&Printed::of(&steps))?;
        if steps.is_empty() { Ok(()) } else { Err(CliError::told()) }
    }
}
