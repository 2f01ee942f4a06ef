//! `pocketid apply`, `diff` and `export-config`: the installation as a file.

mod diff;
mod document;
mod export;
mod export_check;
mod extent;
mod file;
mod plan;
mod references;
mod renames;
mod shown;
mod sources;
mod system;

pub use diff::Diff;
pub use export::ExportConfig;

use super::{context::Context, error::CliError, prompt};
use crate::{
    crypto::MasterKey,
    model::{AppConfig, Timestamp},
    operations::{By, app_config::Keeper},
    server::{self, StartError},
    store::{Store, StoreError, Tx, sealed, users},
};
use document::Document;
use extent::Extent;
use file::{File, wrong};
use plan::{Action, Step, plan};
use shown::Shown;
use system::Tools;

const EXAMPLES: &str = "\
Examples:
  pocketid apply -f pocketid.yaml
  pocketid apply -f pocketid.yaml --dry-run
  pocketid apply -f pocketid.yaml --prune --yes
  pocketid export-config | ssh other pocketid apply -f -

docs/configuration-file.md shows a whole file, and `pocketid export-config --schema` prints its JSON schema.";

/// Make the installation match a file
///
/// The file has users, groups, clients, APIs and settings. Anything that the file leaves out stays
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
        let wanted = self.file.read(ctx)?;
        let name = self.file.name();
        let store = match ctx.existing_store() {
            Err(_) if !self.dry_run => {
                // A rejected file must not leave a new database behind.
                plan(&Document::default(), &wanted, self.prune)
                    .map_err(|faults| wrong(&name, &faults))?;
                ctx.store()?
            }
            store => store?,
        };
        let steps = Workshop::new(ctx, store, false)?.plan(store, &wanted, self.prune, &name)?;
        ctx.report().plan(&Shown::of(&steps))?;
        if steps.is_empty() {
            ctx.report().note("Everything is as the file says; nothing was changed.");
            return Ok(());
        }
        if self.dry_run {
            ctx.report().note("This was a dry run; nothing was changed.");
            return Ok(());
        }
        let removes = steps.iter().filter(|step| step.action == Action::Remove).count();
        if removes > 0 {
            let consequence = format!("This removes {removes} of what there is.");
            prompt::confirm(ctx, self.yes, &consequence)?;
        }
        let workshop = Workshop::new(ctx, store, true)?;
        let done = workshop.apply(store, (wanted, self.prune, name), Some(steps))?;
        ctx.report().note(match done {
            0 => "Somebody else has done this meanwhile; nothing was changed.",
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
    let wanted = file.read(ctx)?;
    let workshop = Workshop::new(ctx, store, true)?;
    // Most starts change nothing. A server that starts at the same time may have applied the file
    // already.
    let count = match workshop.plan(store, &wanted, false, &file.name())?.len() {
        0 => 0,
        _ => workshop.apply(store, (wanted, false, file.name()), None)?,
    };
    tracing::info!(file = file.name(), changes = count, "the configuration file is applied");
    Ok(())
}

/// The inputs for reading and changing an installation, owned so that a transaction can keep them.
#[derive(Clone)]
struct Workshop {
    now: Timestamp,
    issuer: String,
    by: By,
    master_key: Option<MasterKey>,
    app_config: Keeper,
    emails_verified_elsewhere: bool,
}

impl Workshop {
    /// Without `writes`, creates no encryption key where there is none yet.
    fn new(ctx: &Context, store: &Store, writes: bool) -> Result<Self, CliError> {
        let settings = ctx.settings()?;
        let has_key = || store.read_blocking(sealed::proof).map(|proof| proof.is_some());
        let master_key = match writes || has_key()? {
            true => {
                let key = server::unlock(settings, store, ctx.rng().as_ref());
                Some(key.map_err(StartError::EncryptionKey)?)
            }
            false => None,
        };
        Ok(Self {
            now: ctx.now(),
            issuer: settings.app_url.as_str().to_owned(),
            by: ctx.by(),
            app_config: server::app_config_keeper(settings, master_key.clone()),
            master_key,
            emails_verified_elsewhere: settings
                .app_config
                .as_ref()
                .is_some_and(AppConfig::emails_verified),
        })
    }

    fn tools(&self) -> Tools<'_> {
        Tools {
            now: self.now,
            issuer: &self.issuer,
            master_key: self.master_key.as_ref(),
            app_config: &self.app_config,
            emails_verified_elsewhere: self.emails_verified_elsewhere,
        }
    }

    fn current(&self, tx: &mut Tx<'_>, extent: &Extent) -> Result<Document, StoreError> {
        system::read(tx, &self.tools(), extent)
    }

    fn plan(
        &self,
        store: &Store,
        wanted: &Document,
        prune: bool,
        name: &str,
    ) -> Result<Vec<Step>, CliError> {
        let extent = Extent::of(wanted, prune);
        let current = store.read_blocking(|tx| self.current(tx, &extent))?;
        plan(&current, wanted, prune).map_err(|faults| wrong(name, &faults))
    }

    /// Applies the file in one transaction, and returns the number of steps. If the user has seen a
    /// plan, it must still be the current plan, unless nothing is left to do.
    fn apply(
        self,
        store: &Store,
        (wanted, prune, name): (Document, bool, String),
        seen: Option<Vec<Step>>,
    ) -> Result<usize, CliError> {
        let by = self.by.clone();
        let input = (self, wanted, seen);
        store.write_blocking(by.act(input, move |tx, (workshop, wanted, seen)| {
            let current = workshop.current(tx, &Extent::of(wanted, prune))?;
            let planned = plan(&current, wanted, prune);
            let steps = planned.map_err(|faults| wrong(&name, &faults))?;
            if steps.is_empty() {
                return Ok(0);
            }
            if seen.as_ref().is_some_and(|seen| *seen != steps) {
                return Err(CliError::refused("somebody else has changed something meanwhile")
                    .hint("nothing was changed; look at the new plan, and apply it again"));
            }
            let had_administrator = users::enabled_administrator_exists(tx)?;
            system::change(tx, &workshop.tools(), &steps)?;
            if had_administrator && !users::enabled_administrator_exists(tx)? {
                return Err(CliError::refused("no administrator would be left who may sign in")
                    .hint("nothing was changed; keep one in the file, with isAdmin: true"));
            }
            Ok(steps.len())
        }))
    }
}
