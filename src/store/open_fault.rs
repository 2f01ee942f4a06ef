//! Why a database file cannot be opened. SQLite and the system say little more than that it failed.

use std::{io::ErrorKind, os::unix::fs::MetadataExt as _, path::Path};

use rustix::{
    fs::{Access, StatVfsMountFlags},
    process::geteuid,
};

use super::{
    StoreError,
    file_system::{beside, folder_of},
};

/// Looks for the reason why a database cannot be opened. `cause` is the message for all others.
pub(super) fn open_fault(path: &Path, cause: String) -> StoreError {
    let folder = folder_of(path);
    let mount = rustix::fs::statvfs(folder);
    if mount.is_ok_and(|mount| mount.f_flag.contains(StatVfsMountFlags::RDONLY)) {
        return StoreError::ReadOnlyDisk { path: path.to_owned(), folder: folder.to_owned() };
    }
    let read_write = Access::READ_OK | Access::WRITE_OK;
    let files = ["", "-wal", "-shm"].map(|suffix| (beside(path, suffix), read_write));
    let all = [(folder.to_owned(), read_write | Access::EXEC_OK)].into_iter().chain(files);
    let user = geteuid().as_raw();
    for (place, access) in all {
        let refused = rustix::fs::access(&place, access).map_err(std::io::Error::from);
        let is_refused = refused.is_err_and(|error| error.kind() == ErrorKind::PermissionDenied);
        if let Ok(found) = place.metadata()
            && is_refused
            && found.uid() != user
        {
            return StoreError::OfAnotherUser {
                path: path.to_owned(),
                place,
                owner: found.uid(),
                user,
            };
        }
    }
    StoreError::Open { path: path.to_owned(), cause }
}
