//! Allows one server per SQLite file, by a lock on a file beside it. The lock ends with the
//! process.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::ErrorKind,
    path::Path,
};

use super::super::{StoreError, file_system::beside, private_file};

/// The claim of a running server; dropping it releases the lock.
#[derive(Debug)]
pub(in crate::store) struct ServerClaim {
    _lock: File,
}

impl ServerClaim {
    pub(in crate::store) fn take(database: &Path) -> Result<Self, StoreError> {
        let path = beside(database, ".serving");
        let open = |cause: std::io::Error| StoreError::Open {
            path: path.clone(),
            cause: cause.to_string(),
        };
        // The lock file is never removed: otherwise two servers could lock two files of the same
        // name.
        let lock = match private_file::create_new(Path::new(&path)) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                OpenOptions::new().write(true).open(&path)
            }
            made => made,
        };
        let lock = lock.map_err(open)?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { _lock: lock }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Served { path: database.to_owned() }),
            Err(TryLockError::Error(error)) => Err(open(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_has_one_server_until_that_one_ends() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("test.db");
        let first = ServerClaim::take(&database).unwrap();
        assert!(matches!(ServerClaim::take(&database), Err(StoreError::Served { .. })));
        drop(first);
        ServerClaim::take(&database).unwrap();
    }
}
