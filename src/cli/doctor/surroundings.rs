//! What the checks look at. Nothing in it fails: what cannot be had is a finding of one check.

use std::{
    cell::OnceCell,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::super::context::Context;
use crate::{
    model::{Database, Timestamp},
    server::{Seen, Unseen, look_from_outside},
    settings::{Faults, Settings, Source},
    store::{Store, StoreError},
};

/// The installation as it is.
#[derive(Debug)]
pub struct Surroundings {
    /// The variables.
    pub source: Source,
    /// The settings, with the default in the place of each that is wrong.
    pub settings: Settings,
    /// What is wrong with them.
    pub faults: Faults,
    /// The database.
    pub data: Data,
    /// The moment of the command.
    pub now: Timestamp,
    is_offline: bool,
    seen: OnceCell<Result<Seen, Unseen>>,
}

/// The database, if it can be used.
#[derive(Debug)]
pub enum Data {
    /// It cannot.
    Closed(StoreError),
    /// There is no such file.
    Missing(PathBuf),
    /// It can.
    Open(Store),
}

impl Surroundings {
    /// Takes a look around.
    pub fn new(ctx: &Context, is_offline: bool) -> Self {
        let (source, unreadable) = match Source::from_environment() {
            Ok(source) => (source, None),
            // The file .env is no reason to see nothing else.
            Err(faults) => (Source::from_process(), Some(faults)),
        };
        let (settings, faults) = Settings::examine(&source);
        Self {
            data: Data::open(&settings.database),
            faults: unreadable.unwrap_or_default().and(faults),
            source,
            settings,
            now: ctx.now(),
            is_offline,
            seen: OnceCell::new(),
        }
    }

    /// The database, if it can be used.
    pub fn store(&self) -> Option<&Store> {
        match &self.data {
            Data::Open(store) => Some(store),
            Data::Closed(_) | Data::Missing(_) => None,
        }
    }

    /// The file of the database, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match &self.settings.database {
            Database::Sqlite(path) => Some(path),
            Database::Postgres(_) => None,
        }
    }

    /// Where the server listens.
    pub fn listen(&self) -> SocketAddr {
        let told = self.source.value("POCKETID_LISTEN").and_then(|listen| listen.parse().ok());
        told.unwrap_or(self.settings.listen)
    }

    /// What answers at APP_URL, asked once; nothing when nobody is to be asked.
    pub fn seen(&self) -> Option<&Result<Seen, Unseen>> {
        let app_url = &self.settings.app_url;
        let look = || match wait_for(look_from_outside(app_url)) {
            Ok(seen) => seen,
            Err(error) => Err(Unseen::Unreachable(error.to_string())),
        };
        (!self.is_offline).then(|| self.seen.get_or_init(look))
    }
}

impl Surroundings {
    /// Whether the provider answers at APP_URL, whatever stands in front of it.
    pub fn is_seen(&self) -> bool {
        let seen = self.seen().and_then(|seen| seen.as_ref().ok());
        let issuer = seen.and_then(|seen| seen.issuer.as_deref());
        issuer == Some(self.settings.app_url.as_str())
    }
}

impl Data {
    fn open(database: &Database) -> Self {
        if let Database::Sqlite(path) = database
            && !path.exists()
        {
            return Self::Missing(path.clone());
        }
        match Store::open_as_it_is(database) {
            Ok(store) => Self::Open(store),
            Err(error) => Self::Closed(error),
        }
    }
}

/// Runs what is asynchronous, here.
pub fn wait_for<T>(future: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}
