//! Errors of backups, as errors of the REST API.

use hyper::StatusCode;

use crate::{backup::BackupError, server::http::ApiError};

/// Words an error. None of them holds a secret.
pub(super) fn refuse(error: BackupError) -> ApiError {
    let (status, code) = match error {
        BackupError::Store(error) => return error.into(),
        BackupError::Exists(_) => (StatusCode::CONFLICT, "backup_exists"),
        BackupError::NoFolder(_) | BackupError::NoParent(_) | BackupError::NoS3 => {
            (StatusCode::CONFLICT, "backup_target_unusable")
        }
        BackupError::NoPassphrase => {
            let message = "BACKUP_PASSPHRASE is not set, and this backup is encrypted. Set it and \
                           restart the server, or verify the backup at the terminal";
            return ApiError::new(StatusCode::CONFLICT, "backup_passphrase_not_set", message);
        }
        BackupError::Damaged(_)
        | BackupError::Decrypt(_)
        | BackupError::Key(_)
        | BackupError::Newer { .. }
        | BackupError::NotABackup(_)
        | BackupError::PocketIdExport
        | BackupError::UnsoundRows(_) => (StatusCode::UNPROCESSABLE_ENTITY, "backup_unusable"),
        BackupError::NoSpace(_)
        | BackupError::Read(_)
        | BackupError::S3(_)
        | BackupError::Untrusted(_)
        | BackupError::Write(_) => (StatusCode::BAD_GATEWAY, "backup_target_failed"),
    };
    ApiError::new(status, code, format!("The server {error}"))
}

/// Refuses a backup while another one is being made.
pub(super) fn running() -> ApiError {
    let message = "A backup is being made. Try again when it is complete";
    ApiError::new(StatusCode::CONFLICT, "backup_running", message)
}
