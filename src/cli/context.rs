//! The shared resources of a command. Each is created on first use.

use std::{
    cell::OnceCell,
    collections::BTreeMap,
    fmt::Display,
    fs::DirBuilder,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use uuid::Uuid;

use super::{
    error::{CliError, Kind},
    report::Report,
};
use crate::{
    crypto::{MasterKey, Rng, SystemRng},
    encryption_key,
    model::{
        Actor, AppConfig, AuditEvent, AuditEventId, Clock, ConfigKey, Database, EventKind,
        SystemClock, Timestamp, UserId,
    },
    operations::{Act, By},
    outbound::Outbound,
    pocket_id::TwoDatabases,
    server,
    settings::Settings,
    store::{ForeignServer, Store, StoreError, app_config},
};

/// The context of a command.
#[derive(Debug)]
pub struct Context {
    clock: Arc<dyn Clock>,
    rng: Arc<dyn Rng>,
    now: Timestamp,
    report: Report,
    settings: OnceCell<Settings>,
    /// The database of a Pocket ID in the place of ours or beside it; known with the settings.
    pocket_id: OnceCell<Option<PathBuf>>,
    store: OnceCell<Store>,
}

impl Context {
    /// The context of a command that starts now.
    pub fn new(report: Report) -> Self {
        let clock = SystemClock;
        Self {
            now: clock.now(),
            clock: Arc::new(clock),
            rng: Arc::new(SystemRng::new()),
            report,
            settings: OnceCell::new(),
            pocket_id: OnceCell::new(),
            store: OnceCell::new(),
        }
    }

    /// The clock, for work that continues after the command's start time.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// The time at which the command started.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// The random number generator.
    pub fn rng(&self) -> &Arc<dyn Rng> {
        &self.rng
    }

    /// A new id for a row.
    pub fn new_id(&self) -> Uuid {
        self.new_ids()()
    }

    /// A generator of new ids, for a transaction that does not know in advance how many it needs.
    pub fn new_ids(&self) -> impl Fn() -> Uuid + Send + 'static {
        let (rng, millis) = (Arc::clone(&self.rng), self.now.as_unix_millis());
        move || rng.uuid_v7(millis)
    }

    /// The output of the command.
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The settings, read once.
    pub fn settings(&self) -> Result<&Settings, CliError> {
        if self.settings.get().is_none() {
            let mut settings = Settings::from_environment()?;
            drop(self.pocket_id.set(leave_to_pocket_id(&mut settings.database)));
            drop(self.settings.set(settings));
        }
        Ok(self.settings.get().expect("it was just set"))
    }

    /// The database of a Pocket ID in the place of ours or beside it, if its data is to come over.
    pub fn pocket_id(&self) -> Result<Option<&Path>, CliError> {
        let takes_over = self.settings()?.takes_over;
        Ok(self.pocket_id.get().and_then(Option::as_deref).filter(|_| takes_over))
    }

    /// The settings, for a command that prints URLs; warns if the URLs may be useless.
    pub fn settings_for_addresses(&self) -> Result<&Settings, CliError> {
        let settings = self.settings()?;
        let app_url = &settings.app_url;
        if !settings.has_app_url {
            self.report.warn(format!(
                "APP_URL is not set, so links start with {app_url}; set it as for the server, in \
                 the environment or in .env"
            ));
        } else if !app_url.allows_passkeys() {
            self.report.warn(format!("passkeys do not work at {app_url}"));
        }
        Ok(settings)
    }

    /// The existing database, opened once. It is not created: in a wrong folder a new database
    /// would only hide the mistake.
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

    /// The database, opened once; created if it is missing.
    pub fn store(&self) -> Result<&Store, CliError> {
        if self.store.get().is_none() {
            drop(self.store.set(self.open_store()?));
        }
        Ok(self.store.get().expect("it was just set"))
    }

    /// The database, opened once, for `import`. It may be created in the folder of the Pocket ID
    /// that is imported.
    pub fn store_to_fill(&self) -> Result<&Store, CliError> {
        if self.store.get().is_none() {
            drop(self.store.set(self.open_store_to_fill()?));
        }
        Ok(self.store.get().expect("it was just set"))
    }

    /// Opens the database; the command keeps it.
    pub fn open_store(&self) -> Result<Store, CliError> {
        match (&self.settings()?.database, self.pocket_id()?) {
            (Database::Sqlite(ours), Some(theirs)) if !ours.exists() => {
                Err(beside_pocket_id(&ours.display(), &theirs.display()))
            }
            (Database::Postgres(address), _) => match self.own_store()? {
                Some(store) => Ok(store),
                None if self.settings()?.takes_over && ForeignServer::is_there(address)? => {
                    Err(beside_pocket_id(&"this address", address))
                }
                None => self.open_store_to_fill(),
            },
            _ => self.open_store_to_fill(),
        }
    }

    /// Opens our database, if there is one.
    pub fn own_store(&self) -> Result<Option<Store>, CliError> {
        let database = &self.settings()?.database;
        match database {
            Database::Sqlite(path) if !path.exists() => Ok(None),
            Database::Sqlite(_) => self.open_store_to_fill().map(Some),
            Database::Postgres(_) => match Store::open_as_it_is(database) {
                Err(StoreError::Older { found: 0, .. }) => Ok(None),
                Err(StoreError::Older { .. }) => self.open_store_to_fill().map(Some),
                opened => Ok(Some(opened?)),
            },
        }
    }

    /// [`Self::open_store`], also beside the data of a Pocket ID, which comes over.
    pub fn open_store_to_fill(&self) -> Result<Store, CliError> {
        self.make_data_folder()?;
        Ok(Store::open(&self.settings()?.database)?)
    }

    /// Creates the folder of an SQLite file if it is missing.
    pub fn make_data_folder(&self) -> Result<(), CliError> {
        let settings = self.settings()?;
        match settings.database {
            Database::Sqlite(_) => make_private_folder(settings.data_folder()),
            Database::Postgres(_) => Ok(()),
        }
    }

    /// The keys derived from the encryption key, which is created where a server would create it.
    pub fn master_key(&self) -> Result<MasterKey, CliError> {
        Ok(encryption_key::unlock(self.settings()?, self.store()?, self.rng.as_ref())?)
    }

    /// The application configuration, without its secrets.
    pub fn app_config(&self) -> Result<AppConfig, CliError> {
        let stored = self.store()?.read_blocking(app_config::list)?;
        Ok(server::app_config(self.settings()?, &stored, None))
    }

    /// The application configuration, with its secrets.
    pub fn whole_app_config(&self) -> Result<AppConfig, CliError> {
        let stored = self.store()?.read_blocking(app_config::list)?;
        Ok(server::app_config(self.settings()?, &stored, Some(&self.master_key()?)))
    }

    /// Connections to other servers.
    pub fn outbound(&self) -> Result<Outbound, CliError> {
        Ok(Outbound::trusting(self.settings()?.trusted_authorities.clone()))
    }

    /// Waits for work that talks to another server.
    pub fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, CliError> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime =
            runtime.map_err(|error| CliError::refused(format!("cannot open a socket: {error}")))?;
        Ok(runtime.block_on(work))
    }

    /// The actor of an operation: the command line, at the start time.
    pub fn by(&self) -> By {
        By::new(Actor::Cli, self.now, Arc::clone(&self.rng))
    }

    /// Whether a directory keeps its accounts and groups.
    fn is_directory_on(&self, store: &Store) -> Result<bool, StoreError> {
        let Ok(settings) = self.settings() else { return Ok(false) };
        let stored = store.read_blocking(app_config::list)?;
        Ok(server::app_config(settings, &stored, None).flag(ConfigKey::LdapEnabled))
    }

    /// Runs an operation in one transaction, with the command line as the actor.
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
        let by = self.by().beside_directory(self.is_directory_on(store)?);
        store.write_blocking(by.act(input, work))
    }

    /// An audit log entry with the command line as the actor.
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

/// Leaves the database of a Pocket ID to it, and finds that. If `DB_CONNECTION_STRING` names it, as it
/// may have done for Pocket ID, ours is another file in the same folder.
fn leave_to_pocket_id(database: &mut Database) -> Option<PathBuf> {
    let Database::Sqlite(path) = database else { return None };
    let TwoDatabases { theirs, ours } = TwoDatabases::find(path)?;
    *path = ours;
    Some(theirs)
}

/// Refuses to create a database beside the data of a Pocket ID: all accounts would seem to be gone.
fn beside_pocket_id(ours: &dyn Display, theirs: &dyn Display) -> CliError {
    let message = format!("there is no database at {ours}, but one of Pocket ID at {theirs}");
    CliError::new(Kind::Configuration, message)
        .hint("start the server, which takes over its data: pocketid serve")
        .hint("to start with an empty database instead, set POCKETID_IMPORT=off")
}

/// Creates the folder with access for its owner only: it holds the encryption key and every
/// account.
fn make_private_folder(folder: &Path) -> Result<(), CliError> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(|error| {
        let message = format!("cannot create the data folder {}: {error}", folder.display());
        CliError::new(Kind::Database, message)
            .hint("create it yourself, or set DB_CONNECTION_STRING to a file in another folder")
    })
}
