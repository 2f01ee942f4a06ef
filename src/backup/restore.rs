//! From a file to the database.

use std::{
    io::{Read, Seek},
    path::PathBuf,
};

use super::{Archive, BackupError, Progress};
use crate::{
    model::{AuditEvent, Database},
    store::{Replacement, audit_events, replace},
};

/// Puts the data of a backup in the place of all that is there. An error means that nothing was changed.
/// Says in which file the old data is kept, if it is. `prepare` comes when the backup is proven and no server
/// can start; what it did is to be undone after an error.
pub fn restore<R: Read + Seek>(
    archive: &mut Archive<R>,
    database: &Database,
    event: &AuditEvent,
    prepare: &mut dyn FnMut() -> Result<(), BackupError>,
    progress: &dyn Progress,
) -> Result<Option<PathBuf>, BackupError> {
    let schema = archive.schema().clone();
    let replacement = Replacement {
        schema: &schema,
        kept_as: &kept_as(event),
        prepare,
        fill: &mut |load| archive.load(load, progress),
        complete: &|tx| audit_events::insert(tx, event),
    };
    replace(database, replacement).map_err(BackupError::blame)
}

/// What the names of old files end with.
pub fn kept_as(event: &AuditEvent) -> String {
    format!("before-restore-{}", event.created_at.compact())
}
