//! What every command has at hand. Each part is made when it is first asked for.

use std::{
    cell::OnceCell, collections::BTreeMap, fs::DirBuilder, os::unix::fs::DirBuilderExt as _,
    path::Path, sync::Arc,
};

use uuid::Uuid;

use super::{
    error::{CliError, Kind},
    report::Report,
};
use crate::{
    crypto::{MasterKey, Rng, SystemRng},
    model::{
        Actor, AppConfig, AuditEvent, AuditEventId, Clock, Database, EventKind, SystemClock,
        Timestamp, UserId,
    },
    operations::{Act, By},
    server::{self, StartError},
    settings::Settings,
    store::{Store, StoreError, app_config},
};

/// The surroundings of a command.
#[derive(Debug)]
pub struct Context {
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    now: Timestamp,
    report: Report,
    settings: OnceCell<Settings>,
    store: OnceCell<Store>,
}

impl Context {
    /// The surroundings of a command that starts now.
    pub fn new(report: Report) -> Self {
        let clock = SystemClock;
        Self {
            now: clock.now(),
            clock: Arc::new(clock),
            rng: Arc::new(SystemRng::new()),
            report,
            settings: OnceCell::new(),
            store: OnceCell::new(),
        }
    }

    /// The clock, for what outlives the command's first moment.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The one moment at which the command happens.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Randomness.
    pub fn rng(&self) -> &Arc<dyn Rng> {
        &self.rng
    }

    /// A new id for a row.
    pub fn new_id(&self) -> Uuid {
        self.new_ids()()
    }

    /// New ids, for a transaction that learns only on its way how many it needs.
    pub fn new_ids(&self) -> impl Fn() -> Uuid + Send + 'static {
        let (rng, millis) = (Arc::clone(&self.rng), self.now.as_unix_millis());
        move || rng.uuid_v7(millis)
    }

    /// Where things are printed.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The settings, read once.
    pub fn settings(&self) -> Result<&Settings, CliError> {
        if self.settings.get().is_none() {
            drop(self.settings.set(Settings::from_environment()?));
        }
        Ok(self.settings.get().expect("it was just set"))
    }

    /// The settings, for a command that prints addresses; says when those may be of no use.
    pub fn settings_for_addresses(&self) -> Result<&Settings, CliError> {
        let settings = self.settings()?;
        let app_url = &settings.app_url;
        if !settings.has_app_url {
            self.report.warn(format!(
                "APP_URL is not set, so addresses begin with {app_url}; set it as for the server, in \
                 the environment or in .env"
            ));
        } else if !app_url.allows_passkeys() {
            self.report.warn(format!("browsers allow no passkeys at {app_url}"));
        }
        Ok(settings)
    }

    /// The database, opened once, for a command that has no use for an empty one. It is not made: in a
    /// wrong folder a new database would only hide the mistake.
    pub fn existing_store(&self) -> Result<&Store, CliError> {
        if self.store.get().is_none()
            && let Database::Sqlite(path) = &self.settings()?.database
            && !path.exists()
        {
            let message = format!("there is no database at {}", path.display());
            return Err(CliError::new(Kind::Database, message).hint(
                "run the command in the server's folder, or set DB_CONNECTION_STRING as for the \
                 server",
            ));
        }
        self.store()
    }

    /// The database, opened once; made if it is missing.
    pub fn store(&self) -> Result<&Store, CliError> {
        if self.store.get().is_none() {
            drop(self.store.set(self.open_store()?));
        }
        Ok(self.store.get().expect("it was just set"))
    }

    /// The database, opened once, for `import`: it may be made beside what is taken over.
    pub fn store_to_fill(&self) -> Result<&Store, CliError> {
        if self.store.get().is_none() {
            self.make_data_folder()?;
            drop(self.store.set(Store::open(&self.settings()?.database)?));
        }
        Ok(self.store.get().expect("it was just set"))
    }

    /// Opens the database, for a command that keeps it.
    pub fn open_store(&self) -> Result<Store, CliError> {
        refuse_beside_pocket_id(self.settings()?)?;
        self.make_data_folder()?;
        Ok(Store::open(&self.settings()?.database)?)
    }

    /// Makes the folder that an SQLite file is in, if it is missing.
    pub fn make_data_folder(&self) -> Result<(), CliError> {
        let settings = self.settings()?;
        match settings.database {
            Database::Sqlite(_) => make_private_folder(settings.data_folder()),
            Database::Postgres(_) => Ok(()),
        }
    }

    /// The keys that are derived from the encryption key. It is made where a server would make it.
    pub fn master_key(&self) -> Result<MasterKey, CliError> {
        let unlocked = server::unlock(self.settings()?, self.store()?, self.rng.as_ref());
        Ok(unlocked.map_err(StartError::EncryptionKey)?)
    }

    /// The application configuration, without its secrets.
    pub fn app_config(&self) -> Result<AppConfig, CliError> {
        let stored = self.store()?.read_blocking(app_config::list)?;
        Ok(server::app_config(self.settings()?, &stored, None))
    }

    /// Who acts: somebody at the terminal, now.
    pub fn by(&self) -> By {
        By::new(Actor::Cli, self.now, Arc::clone(&self.rng))
    }

    /// Runs a verb on a database in one transaction, for somebody at the terminal.
    pub fn act<I, T, E>(
        &self,
        store: &Store,
        input: I,
        work: impl Fn(&mut Act<'_, '_>, &I) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        I: Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        store.write_blocking(self.by().act(input, work))
    }

    /// An entry for the audit log about something done at the terminal.
    pub fn event<const N: usize>(
        &self,
        kind: EventKind,
        user_id: Option<UserId>,
        data: [(&'static str, String); N],
    ) -> AuditEvent {
        AuditEvent {
            id: AuditEventId(self.new_id()),
            kind,
            user_id,
            object_id: None,
            actor: Actor::Cli,
            data: BTreeMap::from(data),
            created_at: self.now,
        }
    }
}

/// A new database in the folder of a Pocket ID would look as if all accounts were gone.
fn refuse_beside_pocket_id(settings: &Settings) -> Result<(), CliError> {
    let Database::Sqlite(path) = &settings.database else { return Ok(()) };
    let folder = settings.data_folder();
    let theirs = folder.join("pocket-id.db");
    if path.exists() || !theirs.exists() {
        return Ok(());
    }
    let (path, theirs) = (path.display(), theirs.display());
    let message = format!("there is no database at {path}, but one of Pocket ID at {theirs}");
    Err(CliError::new(Kind::Configuration, message)
        .hint(format!("to take over what is in it: pocketid import {}", folder.display()))
        .hint("to begin anew, set DB_CONNECTION_STRING to a file in another folder"))
}

/// The folder holds the encryption key and every account: nobody else may look into it.
fn make_private_folder(folder: &Path) -> Result<(), CliError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| {
        let message = format!("cannot make the data folder {}: {error}", folder.display());
        CliError::new(Kind::Database, message)
            .hint("make it yourself, or set DB_CONNECTION_STRING to a file in another folder")
    })
}
