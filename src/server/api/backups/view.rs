//! Backups as the REST API shows them.

use serde::Serialize;

use crate::{
    backup::{BackupName, Found, Stored},
    model::{Place, Timestamp},
    settings::{BackupSettings, VerifyEvery},
    store::backup_verifications::BackupVerification,
};

/// The settings of backups, and the backups in the folder, the newest first.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct BackupsView {
    /// When the server makes backups: `BACKUP_SCHEDULE` as minute, hour, day of the month, month,
    /// day of the week.
    schedule: Option<String>,
    /// When it makes the next one.
    next_at: Option<Timestamp>,
    /// The folder: `BACKUP_TARGET`.
    target: Option<String>,
    /// How many scheduled backups stay: `BACKUP_KEEP`.
    keep: Option<usize>,
    /// Whether the server encrypts new backups, with `BACKUP_PASSPHRASE`.
    encrypts: bool,
    /// How often it verifies the newest one: `BACKUP_VERIFY` as `daily`, `weekly` or `monthly`.
    verify: Option<&'static str>,
    /// The last time that it did.
    last_verification: Option<VerificationView>,
    backups: Vec<BackupView>,
}

/// A verification by the server.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct VerificationView {
    at: Timestamp,
    /// The name of the backup, if there was one.
    backup: Option<String>,
    /// Why it could not be verified. Without a value, it can be restored.
    fault: Option<String>,
}

impl From<BackupVerification> for VerificationView {
    fn from(made: BackupVerification) -> Self {
        Self { at: made.begun_at(), backup: made.backup, fault: made.fault }
    }
}

/// A backup.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct BackupView {
    name: String,
    /// In bytes.
    size: u64,
    created_at: Timestamp,
    program_version: String,
    /// Whether the name says that it is encrypted with a passphrase.
    is_encrypted: bool,
}

impl BackupsView {
    pub(super) fn new(
        settings: &BackupSettings,
        last: Option<BackupVerification>,
        found: Vec<Found>,
        now: Timestamp,
    ) -> Self {
        let schedule = settings.schedule.as_ref();
        Self {
            schedule: schedule.map(ToString::to_string),
            next_at: schedule.and_then(|schedule| schedule.next_after(now)),
            target: settings.target.as_ref().map(shown),
            keep: settings.keep,
            encrypts: settings.passphrase.is_some(),
            verify: settings.verify.map(VerifyEvery::as_str),
            last_verification: last.map(VerificationView::from),
            backups: found.into_iter().map(BackupView::from).collect(),
        }
    }
}

fn shown(target: &Place) -> String {
    match target {
        Place::Path(folder) => folder.display().to_string(),
        Place::Pipe => "-".to_owned(),
        Place::S3(place) => place.to_string(),
    }
}

impl BackupView {
    fn new(name: BackupName, size: u64) -> Self {
        Self {
            name: name.to_string(),
            size,
            created_at: name.created_at,
            program_version: name.version,
            is_encrypted: name.is_encrypted,
        }
    }
}

impl From<Found> for BackupView {
    fn from(found: Found) -> Self {
        Self::new(found.parsed, found.size)
    }
}

impl From<Stored> for BackupView {
    fn from(stored: Stored) -> Self {
        Self::new(stored.name, stored.size)
    }
}
