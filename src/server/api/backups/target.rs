//! The folder of the backups, and one backup in it.

use hyper::StatusCode;

use super::refusal::refuse;
use crate::{
    backup::{BackupError, BackupName, Destination, Found},
    model::Place,
    server::{App, http::ApiError},
    settings::BackupSettings,
};

/// Returns `BACKUP_TARGET`.
pub(super) fn target(app: &App) -> Result<Place, ApiError> {
    let target = app.settings().backup.target.clone();
    target.ok_or_else(|| {
        let message = "BACKUP_TARGET is not set. Set it to a folder, or to s3://BUCKET/FOLDER/, \
                       and restart the server";
        ApiError::new(StatusCode::CONFLICT, "backup_target_not_set", message)
    })
}

/// Parses a name in a path. No other file can be asked for.
pub(super) fn name(text: &str) -> Result<BackupName, ApiError> {
    BackupName::parse(text).ok_or_else(not_found)
}

/// Opens the folder. Blocks the thread.
pub(super) fn folder(target: Place, settings: &BackupSettings) -> Result<Destination, BackupError> {
    Destination::folder(target, settings.s3.as_ref())
}

/// Finds a backup in the folder. Blocks the thread.
pub(super) fn find(
    target: Place,
    settings: &BackupSettings,
    name: &BackupName,
) -> Result<(Destination, Found), ApiError> {
    let folder = folder(target, settings).map_err(refuse)?;
    let found = folder.list().map_err(refuse)?.into_iter().find(|found| found.parsed == *name);
    Ok((folder, found.ok_or_else(not_found)?))
}

fn not_found() -> ApiError {
    ApiError::not_found("Backup")
}
