//! Reading an installation, planning a change of it, and carrying the plan out.

use super::{
    document::Document,
    ended::without_ended,
    error::Error,
    extent::Extent,
    plan::plan,
    step::{Action, PlanStep},
    system::{self, Tools},
};
use crate::{
    crypto::MasterKey,
    model::Timestamp,
    operations::{Act, app_config::Keeper},
    store::{StoreError, Tx, users},
};

/// The inputs for reading and changing an installation, owned so that a transaction can keep them.
#[derive(Debug, Clone)]
pub struct Workshop {
    /// The current time.
    pub now: Timestamp,
    /// The address of this provider.
    pub issuer: String,
    /// Opens and seals the secrets among the settings.
    pub master_key: Option<MasterKey>,
    /// The store of the application configuration.
    pub app_config: Keeper,
    /// The value of `emailsVerified` in the environment; false if it is not set there.
    pub emails_verified_elsewhere: bool,
}

/// The desired state of an installation.
#[derive(Debug, Clone)]
pub struct DesiredState {
    /// The document.
    pub document: Document,
    /// Whether entries missing from its sections are removed.
    pub prune: bool,
}

impl Workshop {
    fn tools(&self) -> Tools<'_> {
        Tools {
            now: self.now,
            issuer: &self.issuer,
            master_key: self.master_key.as_ref(),
            app_config: &self.app_config,
            emails_verified_elsewhere: self.emails_verified_elsewhere,
        }
    }

    /// Reads the whole installation as a document.
    pub fn whole(&self, tx: &mut Tx<'_>) -> Result<Document, StoreError> {
        system::read(tx, &self.tools(), &Extent::everything())
    }

    /// The steps that make the installation match the document.
    pub fn plan(&self, tx: &mut Tx<'_>, wanted: &DesiredState) -> Result<Vec<PlanStep>, Error> {
        let DesiredState { document, prune } = wanted;
        let current = system::read(tx, &self.tools(), &Extent::of(document, *prune))?;
        let mut steps = Vec::new();
        let document = without_ended(document, self.now);
        for step in plan(&current, &document, *prune).map_err(Error::Faults)? {
            // A file does not have the users and groups of a directory, which come and go with it.
            if step.action != Action::Remove || !system::is_of_directory(tx, &step)? {
                steps.push(step);
            }
        }
        Ok(steps)
    }

    /// Makes the installation match the document, and returns the steps. A plan that the user has
    /// seen must still be the current plan, unless nothing is left to do.
    pub fn apply(
        &self,
        act: &mut Act<'_, '_>,
        wanted: &DesiredState,
        seen: Option<&[PlanStep]>,
    ) -> Result<Vec<PlanStep>, Error> {
        // The plan may have waited for an answer, and memberships have ended meanwhile: members whose end has
        // passed would be added again, for good.
        let workshop = Self { now: act.now(), ..self.clone() };
        let steps = workshop.plan(act, wanted)?;
        if steps.is_empty() {
            return Ok(steps);
        }
        if seen.is_some_and(|seen| *seen != steps) {
            return Err(Error::Stale);
        }
        let had_administrator = users::enabled_administrator_exists(act)?;
        system::change(act, &workshop.tools(), &steps)?;
        if had_administrator && !users::enabled_administrator_exists(act)? {
            return Err(Error::NoAdministrator);
        }
        Ok(steps)
    }
}
