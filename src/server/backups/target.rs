//! The folder of `BACKUP_TARGET`, looked at when the server starts: a missing one would be noticed only
//! with the first backup.

use std::{
    fs::DirBuilder,
    io,
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
};

use rustix::fs::Access;

use crate::{model::Place, settings::BackupSettings, store::file_system::folder_of};

/// Why the server cannot use the folder.
#[derive(Debug, thiserror::Error)]
pub enum TargetFault {
    /// It cannot be created.
    #[error("BACKUP_TARGET is {}, which cannot be created: {cause}", folder.display())]
    Forbidden {
        /// The folder.
        folder: PathBuf,
        /// The message of the operating system.
        cause: io::Error,
    },
    /// It is no folder.
    #[error("BACKUP_TARGET is not a folder: {}", .0.display())]
    NotAFolder(PathBuf),
    /// The folder that would hold it does not exist either: as a rule, a disk is not mounted.
    #[error("BACKUP_TARGET is {}, but there is no folder {}", folder.display(), parent.display())]
    NoParent {
        /// The folder.
        folder: PathBuf,
        /// The folder that would hold it.
        parent: PathBuf,
    },
}

impl TargetFault {
    /// The next step.
    pub fn hint(&self) -> String {
        match self {
            Self::Forbidden { folder, .. } => {
                let folder = folder.display();
                format!(
                    "create {folder} for the user of the server; or set BACKUP_TARGET to another folder"
                )
            }
            Self::NotAFolder(_) => "set BACKUP_TARGET to a folder".to_owned(),
            Self::NoParent { parent, .. } => {
                let parent = parent.display();
                format!("mount or create {parent}; or set BACKUP_TARGET to another folder")
            }
        }
    }
}

/// Checks that the folder for scheduled backups exists or can be created.
pub fn check_target(settings: &BackupSettings) -> Result<(), TargetFault> {
    let Some(folder) = missing(settings) else { return Ok(()) };
    let forbidden = |cause| TargetFault::Forbidden { folder: folder.to_owned(), cause };
    if folder.symlink_metadata().is_ok() {
        return Err(TargetFault::NotAFolder(folder.to_owned()));
    }
    let parent = folder_of(folder);
    if !parent.is_dir() {
        return Err(TargetFault::NoParent { folder: folder.to_owned(), parent: parent.to_owned() });
    }
    rustix::fs::access(parent, Access::WRITE_OK | Access::EXEC_OK)
        .map_err(|cause| forbidden(cause.into()))
}

/// Creates that folder if it is missing, for this user alone. Nothing creates it later: then a disk went
/// away, and backups would fill another one. Must come after the search for an earlier installation, to
/// which a missing folder is a trace.
pub fn create_target(settings: &BackupSettings) -> Result<(), TargetFault> {
    if let Some(folder) = missing(settings) {
        let created = DirBuilder::new().mode(0o700).create(folder);
        created.map_err(|cause| TargetFault::Forbidden { folder: folder.to_owned(), cause })?;
        tracing::info!(path = %folder.display(), "created the folder of BACKUP_TARGET");
    }
    if let Some(folder) = scheduled(settings)
        && let Err(error) = rustix::fs::access(folder, Access::WRITE_OK | Access::EXEC_OK)
    {
        tracing::warn!(
            path = %folder.display(),
            "backups will fail, because this user cannot write to the folder of BACKUP_TARGET: {error}"
        );
    }
    Ok(())
}

fn missing(settings: &BackupSettings) -> Option<&Path> {
    scheduled(settings).filter(|folder| !folder.is_dir())
}

/// The folder for scheduled backups, if they go to one.
fn scheduled(settings: &BackupSettings) -> Option<&Path> {
    match (&settings.schedule, &settings.target) {
        (Some(_), Some(Place::Path(folder))) => Some(folder),
        _ => None,
    }
}
