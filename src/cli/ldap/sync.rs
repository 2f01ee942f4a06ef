//! `pocketid ldap sync`

use super::{
    directory::{directory, read, runtime, told, whole_config},
    printed::PrintedSync,
};
use crate::{
    cli::{context::Context, error::CliError, prompt},
    directory::{LastSync, PictureTools, SyncLease, SyncPlan, Warnings},
    model::ConfigKey,
    server::decode_apart,
};

const EXAMPLES: &str = "\
Examples:
  pocketid ldap sync --dry-run
  pocketid ldap sync
  pocketid ldap sync --yes

A running server does it every hour while ldapEnabled is on.";

/// Take over users and groups from the directory now
///
/// Prints what has to be done, and does it. Accounts and groups that were made here stay as they are. When more than a
/// fifth of the accounts or groups of the directory would leave, or all of them, nothing is done without --yes: a
/// directory may have lost its data, or may show less than before.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Sync {
    /// Only print the plan
    #[arg(long)]
    dry_run: bool,
    /// Also when many accounts or groups would leave
    #[arg(long, short)]
    yes: bool,
}

impl Sync {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let store = ctx.existing_store()?;
        let config = whole_config(ctx, store)?;
        let directory = directory(ctx, &config)?;
        if !self.dry_run && !config.flag(ConfigKey::LdapEnabled) {
            return Err(CliError::refused("ldapEnabled is off; nothing was changed")
                .hint("see what a sync would do: pocketid ldap sync --dry-run")
                .hint("switch it on: pocketid config set ldapEnabled true"));
        }
        let runtime = runtime()?;
        let contents = read(&runtime, &directory)?;
        let plan = directory.plan(store, &contents, ctx.now())?;
        drop(contents);
        ctx.report().plan(&PrintedSync::of(&plan))?;
        warn(ctx, &plan.warnings);
        let is_empty = plan.steps.is_empty() && plan.pictures.is_empty();
        if self.dry_run || (is_empty && plan.given_names.is_empty()) {
            if let Some(refusal) = plan.refusal {
                ctx.report().warn(format!("{refusal}: it needs --yes"));
            }
            ctx.report().note(if is_empty {
                "Accounts and groups are as in the directory; nothing was changed."
            } else {
                "This was a dry run; nothing was changed."
            });
            return Ok(());
        }
        self.confirm(ctx, &plan)?;
        let known = plan.warnings.count();
        let clock = ctx.clock();
        let lease = SyncLease::take(store, clock, ctx.new_id().to_string())?.ok_or_else(|| {
            CliError::refused("another sync runs; nothing was changed")
                .hint("try again when it has ended")
        })?;
        let outbound = ctx.outbound()?;
        let decode = |upload: Vec<u8>| {
            runtime.block_on(decode_apart(upload)).map_err(|error| error.to_string())
        };
        let tools =
            PictureTools { outbound: &outbound, decode: &decode, runtime: runtime.handle() };
        let done = lease.hold(|| directory.apply(store, &ctx.by(), plan, &tools));
        let ended = LastSync::between(ctx.now(), ctx.clock().now());
        match done {
            Ok(done) => {
                ended.with_done(&done).save(store)?;
                warn_after(ctx, &done.warnings, known);
                ctx.report().note("Done.");
                Ok(())
            }
            Err(error) => {
                drop(ended.with_fault(&error).save(store));
                Err(told(error.into()))
            }
        }
    }

    /// Asks when many would leave.
    fn confirm(&self, ctx: &Context, plan: &SyncPlan) -> Result<(), CliError> {
        let Some(refusal) = plan.refusal else { return Ok(()) };
        if self.yes {
            return Ok(());
        }
        if ctx.report().can_ask() {
            return prompt::confirm(ctx, false, &format!("Careful: {refusal}."));
        }
        Err(CliError::refused(format!("{refusal}; nothing was changed"))
            .hint("look whether the directory has what it should have, and the bind DN sees it")
            .hint("if that is right: pocketid ldap sync --yes"))
    }
}

fn warn(ctx: &Context, warnings: &Warnings) {
    for warning in warnings.kept() {
        ctx.report().warn(format!("skipped {warning}"));
    }
    if let Some(more @ 1..) = warnings.count().checked_sub(warnings.kept().len()) {
        ctx.report().warn(format!("skipped {more} more"));
    }
}

/// Prints the warnings that came after the plan.
fn warn_after(ctx: &Context, warnings: &Warnings, known: usize) {
    for warning in warnings.kept().iter().skip(known) {
        ctx.report().warn(format!("skipped {warning}"));
    }
}
