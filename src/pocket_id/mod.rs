//! Reads the data of Pocket ID 2 and converts it to the model. The source is an export, as a ZIP
//! file or unpacked, or a data folder. Nothing is written here. `releases` says which release stores
//! what.
//!
//! The source is untrusted: sizes and counts are limited, each value is validated like network
//! input, and everything that cannot be imported is reported by name.

mod accounts;
mod actors;
mod apis;
mod archive;
mod beside;
mod budget;
mod cell;
mod clients;
mod consents;
mod contents;
mod credentials;
mod data_folder;
mod database;
mod document;
mod export;
mod fault;
mod history;
mod invitation;
mod invitations;
mod namesakes;
mod pictures;
mod releases;
mod scim;
mod settings;
mod signing_key;
mod tables;
mod uploads;

use std::path::Path;

use crate::model::database::PostgresAddress;

pub use beside::TwoDatabases;
pub use contents::{Contents, ImportedClient, LeftOut, RenamedAccount};
pub use export::Export;
pub use fault::ImportFault;
pub use signing_key::Unlock;

use settings::PocketIdSettings;

/// Maximum number of missing tables and columns to name in an error.
const MAX_MISSING: usize = 5;

impl Export {
    /// Reads an export or a data folder.
    pub fn open(path: &Path) -> Result<Self, ImportFault> {
        let metadata = std::fs::metadata(path).map_err(|cause| ImportFault::io(path, cause))?;
        let export =
            if metadata.is_dir() { data_folder::read(path)? } else { archive::read(path)? };
        export.checked()
    }

    /// Reads a database where Pocket ID has it, and its files: in `uploads`, or in the folder `uploads`
    /// beside the database.
    pub fn in_place(database: &Path, uploads: Option<&Path>) -> Result<Self, ImportFault> {
        data_folder::read_in_place(database, uploads)?.checked()
    }

    /// Reads the tables that a Pocket ID has on PostgreSQL, and its files: in `uploads`, or in `data/uploads`.
    /// `None` if there are none.
    pub fn on_server(
        address: &PostgresAddress,
        uploads: Option<&Path>,
    ) -> Result<Option<Self>, ImportFault> {
        data_folder::read_server_in_place(address, uploads)?.map(Self::checked).transpose()
    }

    fn checked(self) -> Result<Self, ImportFault> {
        self.refuse_incomplete()?;
        if self.tables.rows("users").is_empty() { Err(ImportFault::Empty) } else { Ok(self) }
    }

    /// Converts the data to the model.
    pub fn into_contents(
        mut self,
        unlock: Unlock<'_>,
        now: crate::model::Timestamp,
    ) -> Result<Contents, ImportFault> {
        let mut contents = Contents { log_is_missing: self.log_is_missing, ..Contents::default() };
        self.tables.note_unknown_keys()?;
        contents.tell_what_stays(&self);
        let settings = PocketIdSettings::find(&self.actors, &self.tables)?;
        let key = signing_key::read(&mut contents, &self.tables, unlock)?;
        accounts::read(&mut contents, &self.tables, &settings, now)?;
        clients::read(&mut contents, &self.tables, key.as_ref().map(|key| key.algorithm), now)?;
        apis::read(&mut contents, &self.tables, now)?;
        scim::read(&mut contents, &self.tables, unlock, now)?;
        consents::read(&mut contents, &self.tables)?;
        history::read(&mut contents, &mut self.tables, now)?;
        pictures::read(&mut contents, &mut self.uploads);
        contents.signing_key = key;
        invitations::read(&mut contents, &self.actors, &self.tables, now)?;
        settings::read(&mut contents, settings);
        Ok(contents)
    }

    /// Refuses data without the tables and columns that every supported release has: without them, a
    /// part of the data would be lost without a word.
    fn refuse_incomplete(&self) -> Result<(), ImportFault> {
        let missing = self.tables.missing();
        if missing.is_empty() {
            return Ok(());
        }
        let more = match missing.len().saturating_sub(MAX_MISSING) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let first = missing.into_iter().take(MAX_MISSING).collect::<Vec<_>>().join(", ");
        Err(ImportFault::Unsupported { schema: self.version, what: first + &more })
    }
}
