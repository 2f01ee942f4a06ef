//! Reading an installation, planning a change of it, and carrying the plan out.

use super::{
    super::{context::Context, error::CliError},
    document::Document,
    extent::Extent,
    file::wrong,
    plan::plan,
    step::Step,
    system::{self, Tools},
};
use crate::{
    crypto::MasterKey,
    model::{AppConfig, Timestamp},
    operations::{By, app_config::Keeper},
    server::{self, StartError},
    store::{Store, StoreError, Tx, sealed, users},
};

/// The inputs for reading and changing an installation, owned so that a transaction can keep them.
#[derive(Clone)]
pub struct Workshop {
    now: Timestamp,
    issuer: String,
    by: By,
    master_key: Option<MasterKey>,
    app_config: Keeper,
    emails_verified_elsewhere: bool,
}

impl Workshop {
    /// Without `writes`, creates no encryption key where there is none yet.
    pub fn new(ctx: &Context, store: &Store, writes: bool) -> Result<Self, CliError> {
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

    /// Reads the installation as a document.
    pub fn current(&self, tx: &mut Tx<'_>, extent: &Extent) -> Result<Document, StoreError> {
        system::read(tx, &self.tools(), extent)
    }

    /// The steps that make the installation match the document; `name` is the file, for errors.
    pub fn plan(
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
    pub fn apply(
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
