//! The data of a Pocket ID on its way into an empty database.

use super::{
    super::{context::Context, error::CliError},
    found::ImportSummary,
    write::{self, Sealed},
};
use crate::{
    encryption_key,
    model::{EventKind, Timestamp},
    pocket_id::{Contents, Export, ImportFault, Unlock},
    store::Store,
};

/// Data that was read, checked and converted. Nothing of it is written yet.
#[derive(Debug)]
pub struct Incoming(Contents);

impl Incoming {
    /// Converts an export.
    pub fn of(export: Export, unlock: Unlock<'_>, now: Timestamp) -> Result<Self, ImportFault> {
        export.into_contents(unlock, now).map(Self)
    }

    /// Returns a summary of its contents and of the omitted data.
    pub fn summary(&self, dry_run: bool) -> ImportSummary {
        ImportSummary::of(&self.0, dry_run)
    }

    /// Writes all of it in one transaction; fails if the database is in use.
    pub fn write(self, ctx: &Context, store: &Store) -> Result<(), CliError> {
        let contents = self.0;
        let master_key = encryption_key::unlock(ctx.settings()?, store, ctx.rng().as_ref())?;
        let data = [("users", contents.users.len().to_string())];
        let event = ctx.event(EventKind::Imported, None, data);
        let sealed = Sealed::of(&contents, master_key, ctx.rng().as_ref(), ctx.now());
        store.write_blocking(move |tx| write::write(tx, &contents, &sealed, &event))
    }
}
