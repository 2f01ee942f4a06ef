//! The shape of every command that removes one thing: find it, ask, remove it, tell.

use serde::Serialize;

use super::{context::Context, error::CliError, prompt, removed::Removed};
use crate::store::{Store, Tx};

/// The options of a command that removes one thing.
#[derive(Debug, Clone, Copy, clap::Args)]
pub struct RemovalOptions {
    /// Do not ask
    #[arg(long, short)]
    pub yes: bool,
    /// Do nothing when it does not exist
    #[arg(long)]
    if_present: bool,
}

/// A command that removes one thing.
pub trait Removal {
    /// The removed thing.
    type Thing;
    /// The JSON output.
    type Gone: Serialize;

    /// The options that were given.
    fn options(&self) -> RemovalOptions;

    /// Finds the thing. Refuses early, before the question.
    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<Self::Thing>, CliError>;

    /// The error about a thing that does not exist.
    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError>;

    /// The consequence of a yes, as a sentence.
    fn consequence(&self, thing: &Self::Thing) -> String;

    /// Removes the thing, and tells.
    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        thing: Self::Thing,
    ) -> Result<Self::Gone, CliError>;
}

/// Runs a command that removes one thing. A missing thing is an error unless `--if-present` is given.
pub fn run<R: Removal>(ctx: &Context, command: &R) -> Result<Removed<R::Gone>, CliError> {
    let store = ctx.existing_store()?;
    let options = command.options();
    let found = store.read_blocking(|tx| match command.find(tx)? {
        Some(thing) => Ok(Ok(thing)),
        None => command.missing(tx).map(Err),
    })?;
    match found {
        Ok(thing) => {
            prompt::confirm(ctx, options.yes, &command.consequence(&thing))?;
            command.remove(ctx, store, thing).map(Some).map(Removed)
        }
        Err(missing) if options.if_present => {
            ctx.report().note(format!("Nothing was changed: {}.", missing.message()));
            Ok(Removed(None))
        }
        Err(missing) => Err(missing),
    }
}
