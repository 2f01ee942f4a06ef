//! Restores a backup into the database.

use std::{
    fmt,
    io::{Read, Seek},
    path::PathBuf,
};

use uuid::Uuid;

use super::{Archive, BackupError, Progress};
use crate::{
    model::{AuditEvent, Database},
    store::{Replacement, StoreError, Tx, audit_events, outbox, replace, sign_out, ssh_ca_keys},
};

/// Changes to the restored data, in the same transaction as the restore.
pub struct Completion<'a> {
    /// The audit event of the restore.
    pub event: &'a AuditEvent,
    /// Whether to end all sessions, grants and one-time links, and to remove the keys of the SSH certificate
    /// authorities. The backup may contain some that were revoked after it was made.
    pub ends_sessions: bool,
    /// Generates ids.
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
        // Messages in the backup were sent long ago, or have expired.
        outbox::delete_every(tx)?;
        if self.ends_sessions {
            sign_out::end_every_session(tx, self.new_id, self.event.created_at)?;
            // The backup does not know which certificates they signed since, nor whether they were removed.
            ssh_ca_keys::remove_every(tx, self.event.created_at)?;
        }
        audit_events::insert(tx, self.event)
    }
}

/// Replaces all data with that of a backup. On an error, nothing was changed. Returns the path of
/// the file with the old data, if it was kept. `prepare` runs after the backup is verified, when no
/// server can start; after an error, the caller must undo its effects.
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

/// The suffix of the file with the old data.
pub fn kept_as(event: &AuditEvent) -> String {
    format!("before-restore-{}", event.created_at.compact())
}
