//! The inputs of the checks. Each missing input is a finding of one check, and not an error.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use super::{
    look::{Seen, Unseen},
    look_at_hosts::SeenHost,
};
use crate::{
    model::{Database, Timestamp},
    outbound::ProbeError,
    settings::{Faults, Settings},
    store::{Store, StoreError},
};

/// The state of the installation.
#[derive(Debug)]
pub struct Surroundings<'a> {
    /// The settings, with defaults in place of invalid values.
    pub settings: &'a Settings,
    /// The invalid settings.
    pub faults: &'a Faults,
    /// The open database.
    pub data: Result<&'a Store, &'a NoData>,
    /// Whether this process serves: then reading the database takes little of its time.
    pub is_serving: bool,
    /// The address at which the server listens.
    pub listen: SocketAddr,
    /// The time of the examination.
    pub now: Timestamp,
    /// The answer at APP_URL; `None` if it was not asked for.
    pub seen: Option<Result<Seen, Unseen>>,
    /// The observations of protected hosts; none if they were not asked.
    pub protected: Vec<SeenHost>,
    /// Whether the LDAP directory answers; `None` if it was not asked.
    pub directory: Option<Result<(), String>>,
    /// Whether the server answers on this machine; `None` if it was not asked.
    pub probed: Option<Result<(), ProbeError>>,
}

/// Why there is no open database.
#[derive(Debug)]
pub enum NoData {
    /// The database cannot be used.
    Closed(StoreError),
    /// The database file does not exist.
    Missing(PathBuf),
}

impl Surroundings<'_> {
    /// The database, if it could be opened.
    pub(super) fn store(&self) -> Option<&Store> {
        self.data.ok()
    }

    /// The SQLite file; `None` for PostgreSQL.
    pub(super) fn file(&self) -> Option<&Path> {
        match &self.settings.database {
            Database::Sqlite(path) => Some(path),
            Database::Postgres(_) => None,
        }
    }

    /// The answer at APP_URL, if there was one.
    pub(super) fn answer(&self) -> Option<&Seen> {
        self.seen.as_ref().and_then(|seen| seen.as_ref().ok())
    }

    /// Whether this provider answers at APP_URL, with or without a proxy.
    pub(super) fn is_seen(&self) -> bool {
        let issuer = self.answer().and_then(|seen| seen.issuer.as_deref());
        issuer == Some(self.settings.app_url.as_str())
    }
}

impl NoData {
    /// Opens the database as it is: creates none, and migrates none.
    pub fn open(database: &Database) -> Result<Store, Self> {
        match database {
            Database::Sqlite(path) if !path.exists() => Err(Self::Missing(path.clone())),
            database => Store::open_as_it_is(database).map_err(Self::Closed),
        }
    }
}
