//! `pocketid apply`, `diff` and `export-config`: the installation as a file.

mod diff;
mod export;
mod file;
mod prepare;
mod printed;
mod sources;
mod wording;

pub use diff::Diff;
pub use export::ExportConfig;

use super::{context::Context, error::CliError, prompt};
use crate::{
    configuration::{Action, DesiredState, Document, Error, PlanStep, Workshop, plan},
    store::Store,
};
use file::File;
use prepare::prepare;
use printed::Printed;
use wording::refuse;

const EXAMPLES: &str = "\
Examples:
  pocketid apply -f pocketid.yaml
  pocketid apply -f pocketid.yaml --dry-run
  pocketid apply -f pocketid.yaml --prune --yes
  pocketid export-config | ssh other pocketid apply -f -

docs/configuration-file.md shows a whole file, and `pocketid export-config --schema` prints its JSON schema.";

/// Make the installation match a file
///
/// The file has users, groups, clients, APIs, settings, webhooks and protected hosts. Anything that the file leaves out stays
/// unchanged. The plan is printed first; then all of it is done, or nothing. Applying the same file
/// again changes nothing.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Apply {
    #[command(flatten)]
    file: File,
    /// Only print the plan
    #[arg(long)]
    dry_run: bool,
    /// Remove entries missing from the file, in the sections the file has
    #[arg(long)]
    prune: bool,
    /// Do not ask before something is removed
    #[arg(long, short)]
    yes: bool,
}

impl Apply {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let wanted = DesiredState { document: self.file.read(ctx)?, prune: self.prune };
        let name = self.file.name();
        let store = match ctx.existing_store() {
            Err(_) if !self.dry_run => {
                // A rejected file must not leave a new database behind.
                plan(&Document::default(), &wanted.document, self.prune)
                    .map_err(|faults| refuse(&name, Error::Faults(faults)))?;
                ctx.store()?
            }
            store => store?,
        };
        let workshop = prepare(ctx, store, false)?;
        let planned = store.read_blocking(|tx| workshop.plan(tx, &wanted));
        let steps = planned.map_err(|error| refuse(&name, error))?;
        ctx.report().plan(&Printed::of(&steps))?;
        if steps.is_empty() {
            ctx.report().note("The installation matches the file; nothing was changed.");
            return Ok(());
        }
        if self.dry_run {
            ctx.report().note("This was a dry run; nothing was changed.");
            return Ok(());
        }
        let removes = steps.iter().filter(|step| step.action == Action::Remove).count();
        if removes > 0 {
            let consequence = format!("This removes {removes} existing entries.");
            prompt::confirm(ctx, self.yes, &consequence)?;
        }
        let workshop = prepare(ctx, store, true)?;
        let done = apply(ctx, store, Applied { workshop, wanted, seen: Some(steps) }, &name)?;
        ctx.report().note(match done {
            0 => "The same changes were made at the same time; nothing was changed.",
            _ => "Done.",
        });
        Ok(())
    }
}

/// Applies a file before the server listens.
pub fn before_serving(
    ctx: &Context,
    store: &Store,
    path: &std::path::Path,
) -> Result<(), CliError> {
    let file = File::at(path);
    let wanted = DesiredState { document: file.read(ctx)?, prune: false };
    let workshop = prepare(ctx, store, true)?;
    // Most starts change nothing. A server that starts at the same time may have applied the file
    // already.
    let planned = store.read_blocking(|tx| workshop.plan(tx, &wanted));
    let count = match planned.map_err(|error| refuse(&file.name(), error))?.len() {
        0 => 0,
        _ => apply(ctx, store, Applied { workshop, wanted, seen: None }, &file.name())?,
    };
    tracing::info!(file = file.name(), changes = count, "applied the configuration file");
    Ok(())
}

/// A file to apply.
struct Applied {
    workshop: Workshop,
    wanted: DesiredState,
    /// The steps that the user confirmed, if any.
    seen: Option<Vec<PlanStep>>,
}

/// Applies a file in one transaction, and returns the number of steps.
fn apply(ctx: &Context, store: &Store, input: Applied, name: &str) -> Result<usize, CliError> {
    let applied = ctx.act(store, input, |act, Applied { workshop, wanted, seen }| {
        workshop.apply(act, wanted, seen.as_deref())
    });
    applied.map(|steps| steps.len()).map_err(|error| refuse(name, error))
}
