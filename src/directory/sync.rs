//! A sync from its beginning to its end, for the terminal and the server.

use serde::{Deserialize, Serialize};

use super::{
    apply::{self, SyncDone},
    known::KnownDirectory,
    pictures::{PictureTools, PictureWork},
    plan::{SyncRules, plan},
    read::DirectoryContents,
    settings::{DirectorySettings, MissingSetting},
    step::{SyncPlan, SyncSum},
    warnings::Warnings,
};
use crate::{
    crypto::tls::Authorities,
    model::{AppConfig, Timestamp},
    operations::By,
    outbound::{LdapFault, LdapSession},
    store::{Store, StoreError, directory},
};

/// How many warnings of the last sync are stored.
const MAX_STORED: usize = 20;

/// Why a directory was not taken over. Nothing was changed, or the next sync completes it.
#[derive(Debug, thiserror::Error)]
pub enum SyncFault {
    /// The directory could not be read.
    #[error(transparent)]
    Ldap(#[from] LdapFault),
    /// A setting is missing.
    #[error(transparent)]
    Setting(#[from] MissingSetting),
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A directory to take over.
#[derive(Debug)]
pub struct DirectorySync {
    settings: DirectorySettings,
    authorities: Authorities,
}

impl DirectorySync {
    /// A sync with these settings, which trusts these authorities, too.
    pub fn new(config: &AppConfig, authorities: &Authorities) -> Result<Self, MissingSetting> {
        let settings = DirectorySettings::of(config)?;
        Ok(Self { settings, authorities: authorities.clone() })
    }

    /// Reads the directory as a whole.
    pub async fn read(&self) -> Result<DirectoryContents, SyncFault> {
        let mut session = LdapSession::open(&self.settings.server, &self.authorities).await?;
        let contents = DirectoryContents::read(&self.settings, &mut session).await?;
        session.close().await;
        Ok(contents)
    }

    /// Connects and binds, and reads nothing.
    pub async fn probe(&self) -> Result<(), SyncFault> {
        LdapSession::open(&self.settings.server, &self.authorities).await?.close().await;
        Ok(())
    }

    /// Plans the changes. Blocks the thread.
    pub fn plan(
        &self,
        store: &Store,
        contents: &DirectoryContents,
        now: Timestamp,
    ) -> Result<SyncPlan, StoreError> {
        let rules = SyncRules {
            admin_group: self.settings.admin_group.as_deref(),
            soft_delete: self.settings.soft_delete,
            pictures: !self.settings.user.picture.is_empty(),
        };
        let known = store.read_blocking(|tx| KnownDirectory::load(tx, contents, now))?;
        Ok(plan(contents, &known, rules))
    }

    /// Carries out the plan. Blocks the thread.
    pub fn apply(
        &self,
        store: &Store,
        by: &By,
        mut plan: SyncPlan,
        tools: &PictureTools<'_>,
    ) -> Result<SyncDone, StoreError> {
        let pictures = std::mem::take(&mut plan.pictures);
        let mut done = apply::apply(store, by, plan)?;
        let (settings, authorities) = (&self.settings, &self.authorities);
        let work = PictureWork { store, by, settings, authorities, tools };
        done.pictures = work.run(pictures, &mut done.warnings)?;
        Ok(done)
    }
}

/// How the last sync ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", default)]
pub struct LastSync {
    /// When it ended, in Unix seconds.
    pub ended_at: i64,
    /// How long it took, in seconds.
    pub seconds: i64,
    /// Why it failed, or was not done; `None` when it succeeded.
    pub fault: Option<String>,
    /// Whether it waits for a confirmation, because too many accounts or groups would leave.
    pub needs_confirmation: bool,
    /// The changes that were made.
    #[serde(flatten)]
    pub sum: SyncSum,
    /// Skipped entries, with reasons: the first ones.
    pub warnings: Vec<String>,
    /// How many warnings there were.
    pub warning_count: usize,
}

impl LastSync {
    /// A sync between two moments.
    pub fn between(begun_at: Timestamp, ended_at: Timestamp) -> Self {
        Self {
            ended_at: ended_at.as_unix(),
            seconds: ended_at.seconds_since(begun_at),
            ..Self::default()
        }
    }

    /// Whether it failed, and is to be repeated soon. One that waits for a confirmation is not.
    pub fn failed(&self) -> bool {
        self.fault.is_some() && !self.needs_confirmation
    }

    /// When so many seconds have passed since then.
    pub fn next_after(&self, seconds: i64) -> Timestamp {
        Timestamp::from_unix(self.ended_at).plus(seconds)
    }

    /// One that failed.
    #[must_use]
    pub fn with_fault(self, fault: &impl ToString) -> Self {
        Self { fault: Some(fault.to_string()), ..self }
    }

    /// One that succeeded.
    #[must_use]
    pub fn with_done(self, done: &SyncDone) -> Self {
        Self { sum: done.sum, ..self }.with_warnings(&done.warnings)
    }

    /// Adds warnings.
    #[must_use]
    pub fn with_warnings(self, warnings: &Warnings) -> Self {
        let kept = warnings.kept().iter().take(MAX_STORED).cloned().collect();
        Self { warnings: kept, warning_count: warnings.count(), ..self }
    }

    /// Reads it.
    pub fn load(store: &Store) -> Result<Option<Self>, StoreError> {
        let text = store.read_blocking(directory::last_sync)?;
        Ok(text.and_then(|text| Self::parse(&text)))
    }

    /// Reads it in its stored form.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Stores it.
    pub fn save(&self, store: &Store) -> Result<(), StoreError> {
        let text = serde_json::to_string(self).unwrap_or_default();
        store.write_blocking(move |tx| directory::note_sync(tx, &text))
    }
}
