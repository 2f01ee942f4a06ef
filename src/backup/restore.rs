//! From a file to the database.

use std::{
    fmt,
    io::{Read, Seek},
    path::PathBuf,
};

use uuid::Uuid;

use super::{Archive, BackupError, Progress};
use crate::{
    model::{AuditEvent, Database},
    store::{Replacement, StoreError, Tx, audit_events, replace, sign_out},
};

/// What happens to the data in the transaction that puts it in place.
pub struct Completion<'a> {
    /// The entry for the audit log.
    pub event: &'a AuditEvent,
    /// Whether what signs people in, or acts for them, ends: what was revoked since the backup is in it.
    pub ends_sessions: bool,
    /// Draws ids.
    pub new_id: &'a dyn Fn() -> Uuid,
}

impl fmt::Debug for Completion<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Completion");
        shown.field("event", self.event).field("ends_sessions", &self.ends_sessions);
        shown.finish_non_exhaustive()
    }
}

impl Completion<'_> {
    fn run(&self, tx: &mut Tx<'_>) -> Result<(), StoreError> {
        if self.ends_sessions {
            sign_out::end_every_session(tx, self.new_id, self.event.created_at)?;
        }
        audit_events::insert(tx, self.event)
    }
}

/// Puts the data of a backup in the place of all that is there. An error means that nothing was changed.
/// Says in which file the old data is kept, if it is. `prepare` comes when the backup is proven and no server
/// can start; what it did is to be undone after an error.
pub fn restore<R: Read + Seek>(
    archive: &mut Archive<R>,
    database: &Database,
    completion: &Completion<'_>,
    prepare: &mut dyn FnMut() -> Result<(), BackupError>,
    progress: &dyn Progress,
) -> Result<Option<PathBuf>, BackupError> {
    let schema = archive.schema().clone();
    let replacement = Replacement {
        schema: &schema,
        kept_as: &kept_as(completion.event),
        prepare,
        fill: &mut |load| archive.load(load, progress),
        complete: &|tx| completion.run(tx),
    };
    replace(database, replacement).map_err(BackupError::blame)
}

/// What the names of old files end with.
pub fn kept_as(event: &AuditEvent) -> String {
    format!("before-restore-{}", event.created_at.compact())
}
