//! What Pocket ID 2.14 leaves behind, read into our own words: its export, as a ZIP file or unpacked, or
//! its data folder. Nothing is written here.
//!
//! What somebody else's program wrote may be anything: sizes and counts are bounded, each value is checked
//! as if it came over the network, and what has no place here is told by name.

mod accounts;
mod actors;
mod apis;
mod archive;
mod budget;
mod cell;
mod clients;
mod consents;
mod contents;
mod data_folder;
mod document;
mod fault;
mod history;
mod invitations;
mod namesakes;
mod pictures;
mod settings;
mod signing_key;
mod tables;
mod uploads;

use std::path::Path;

pub use contents::{Contents, ImportedClient, LeftOut, Renamed};
pub use fault::Fault;

use actors::Actors;
use budget::Budget;
use tables::Tables;
use uploads::Uploads;

use crate::crypto::Secret;

/// The schema of Pocket ID 2.14.0.
const VERSION: i64 = 20_260_814_120_000;

/// All that was found in one place.
#[derive(Debug, Default)]
pub struct Export {
    version: i64,
    tables: Tables,
    actors: Actors,
    uploads: Uploads,
    log_is_missing: bool,
}

/// What opens the signing key.
#[derive(Debug, Clone, Copy)]
pub enum Unlock<'a> {
    /// Pocket ID's `ENCRYPTION_KEY`; none is known when it is `None`.
    With(Option<&'a Secret>),
    /// It stays behind.
    LeaveBehind,
}

impl Export {
    /// Nothing yet; what comes is held within the budget.
    fn within(budget: &Budget) -> Self {
        let (tables, uploads) = (Tables::within(budget), Uploads::within(budget));
        Self { tables, uploads, ..Self::default() }
    }

    /// Reads an export or a data folder.
    pub fn open(path: &Path) -> Result<Self, Fault> {
        let metadata = std::fs::metadata(path).map_err(|cause| Fault::io(path, cause))?;
        let export = match metadata.is_dir() {
            true => data_folder::read(path)?,
            false => archive::read(path)?,
        };
        export.refuse_older()?;
        match export.tables.rows("users").is_empty() {
            true => Err(Fault::Empty),
            false => Ok(export),
        }
    }

    /// Turns it into our own words.
    pub fn into_contents(
        mut self,
        unlock: Unlock<'_>,
        now: crate::model::Timestamp,
    ) -> Result<Contents, Fault> {
        let mut contents = Contents { log_is_missing: self.log_is_missing, ..Contents::default() };
        contents.tell_what_stays(&self);
        let key = signing_key::read(&mut contents, &self.tables, unlock)?;
        accounts::read(&mut contents, &self.tables, now)?;
        clients::read(&mut contents, &self.tables, key.as_ref().map(|key| key.algorithm), now)?;
        apis::read(&mut contents, &self.tables, now)?;
        consents::read(&mut contents, &self.tables)?;
        history::read(&mut contents, &mut self.tables, now)?;
        pictures::read(&mut contents, &mut self.uploads);
        contents.signing_key = key;
        invitations::read(&mut contents, (&self.actors, &self.tables), now)?;
        settings::read(&mut contents, &self.actors, &self.tables)?;
        Ok(contents)
    }

    /// An older version is good only when its tables happen to be those of 2.14.
    fn refuse_older(&self) -> Result<(), Fault> {
        match self.version < VERSION && !self.tables.unknown.is_empty() {
            true => Err(Fault::Older(self.version)),
            false => Ok(()),
        }
    }
}
