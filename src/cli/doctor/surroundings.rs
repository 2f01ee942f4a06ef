//! The inputs of the checks. Loading them never fails: each missing input becomes a finding of one
//! check.

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

/// The state of the installation.
#[derive(Debug)]
pub struct Surroundings {
    /// The environment variables.
    pub source: Source,
    /// The settings, with defaults in place of invalid values.
    pub settings: Settings,
    /// The invalid settings.
    pub faults: Faults,
    /// The database.
    pub data: Data,
    /// The time at which the command started.
    pub now: Timestamp,
    is_offline: bool,
    seen: OnceCell<Result<Seen, Unseen>>,
}

/// The state of the database.
#[derive(Debug)]
pub enum Data {
    /// The database cannot be used.
    Closed(StoreError),
    /// The database file does not exist.
    Missing(PathBuf),
    /// The database is open.
    Open(Store),
}

impl Surroundings {
    /// Reads the settings and opens the database.
    pub fn new(ctx: &Context, is_offline: bool) -> Self {
        let (source, unreadable) = match Source::from_environment() {
            Ok(source) => (source, None),
            // An unreadable `.env` must not hide other findings.
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

    /// The database, if it could be opened.
    pub fn store(&self) -> Option<&Store> {
        match &self.data {
            Data::Open(store) => Some(store),
            Data::Closed(_) | Data::Missing(_) => None,
        }
    }

    /// The SQLite file; `None` for PostgreSQL.
    pub fn file(&self) -> Option<&Path> {
        match &self.settings.database {
            Database::Sqlite(path) => Some(path),
            Database::Postgres(_) => None,
        }
    }

    /// The address at which the server listens.
    pub fn listen(&self) -> SocketAddr {
        let told = self.source.value("POCKETID_LISTEN").and_then(|listen| listen.parse().ok());
        told.unwrap_or(self.settings.listen)
    }

    /// The answer from APP_URL, requested once; `None` with `--offline`.
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
    /// Whether this provider answers at APP_URL, with or without a proxy.
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

/// Runs a future to completion on this thread.
pub fn wait_for<T>(future: impl Future<Output = T>) -> std::io::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    Ok(runtime.block_on(future))
}
