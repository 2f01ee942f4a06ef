//! Errors of backups, with hints.

use std::io;

use super::super::error::{CliError, Kind};
use crate::{backup::BackupError, store::StoreError};

impl From<BackupError> for CliError {
    fn from(error: BackupError) -> Self {
        let (kind, hint) = match &error {
            BackupError::Damaged(_) => {
                (Kind::Refused, "use another backup, or copy this one again; nothing was changed")
            }
            BackupError::Exists(_) => {
                (Kind::Refused, "choose another name, or name a folder to get a name with the time")
            }
            BackupError::Key(_) => (
                Kind::Configuration,
                "this user must be able to read and write it, and its folder; nothing was changed",
            ),
            BackupError::NoFolder(_) => {
                (Kind::Configuration, "create the folder, or set BACKUP_TARGET to another one")
            }
            BackupError::NoParent(_) => {
                (Kind::Refused, "create that folder first, or name another place")
            }
            BackupError::NoS3 => (
                Kind::Configuration,
                "set both, and S3_ENDPOINT or S3_REGION; see `pocketid serve --help`",
            ),
            BackupError::NoPassphrase => {
                (Kind::Configuration, "set BACKUP_PASSPHRASE, or BACKUP_PASSPHRASE_FILE")
            }
            BackupError::NoSpace(_) => {
                (Kind::Refused, "free some disk space, or set TMPDIR to a folder on another disk")
            }
            BackupError::Newer { .. } => {
                (Kind::Database, "upgrade pocketid: a newer version made this backup")
            }
            BackupError::NotABackup(_) => {
                (Kind::Refused, "name a file that was made by: pocketid backup")
            }
            BackupError::PocketIdExport => {
                (Kind::Refused, "to import an export of Pocket ID: pocketid import FILE")
            }
            _ => match of_transfer(&error) {
                Some(told) => told,
                None => return from_other(error),
            },
        };
        Self::new(kind, error.to_string()).hint(hint)
    }
}

fn is_forbidden(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem)
}

/// The kind and the hint for errors of reading and writing a backup.
fn of_transfer(error: &BackupError) -> Option<(Kind, &'static str)> {
    Some(match error {
        BackupError::Read(error) if error.kind() == io::ErrorKind::FileTooLarge => (
            Kind::Refused,
            "save it to a file, and name the file: then no temporary copy is needed",
        ),
        BackupError::Read(_) => (Kind::Refused, "this user must be able to read the file"),
        BackupError::UnsoundRows(_) => (
            Kind::Refused,
            "use another backup; or restore it anyway with --accept-bad-rows, and then run \
             `pocketid doctor`; nothing was changed",
        ),
        BackupError::Write(error) if is_forbidden(error) => (
            Kind::Refused,
            "choose another place, or let this user write to that folder; no partial file was left",
        ),
        BackupError::Write(_) => (
            Kind::Refused,
            "choose another place, or free some disk space; no partial file was left",
        ),
        BackupError::S3(_) => (
            Kind::Refused,
            "check the name of the bucket, S3_ENDPOINT, S3_REGION and S3_ACCESS_KEY_ID",
        ),
        BackupError::Untrusted(_) => {
            (Kind::Refused, "otherwise renew the certificate, or correct the host in S3_ENDPOINT")
        }
        _ => return None,
    })
}

fn from_other(error: BackupError) -> CliError {
    match error {
        BackupError::Store(StoreError::Served { path }) => {
            let place = path.display();
            CliError::refused(format!(
                "cannot restore: a server or another restore is using {place}"
            ))
            .hint(
                "stop the server first, or add --stop-server; wait for another restore to end; \
                 nothing was changed",
            )
        }
        BackupError::Decrypt(error) => error.into(),
        BackupError::Store(error) => error.into(),
        error => CliError::refused(error.to_string()),
    }
}
