//! The location of the database file, and checks that it is still the opened file.
//!
//! A moved, removed or replaced file still accepts writes, and they are lost. So its device and
//! inode are compared before a write is acknowledged. The WAL beside it is part of the database.

use std::{
    io::ErrorKind,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
    sync::{
        OnceLock,
        atomic::{AtomicBool, Ordering},
    },
};

use super::super::StoreError;

/// An open file.
#[derive(Debug)]
pub(in crate::store) struct OpenFile {
    /// The path given to open it, if that is a link.
    link: Option<PathBuf>,
    path: PathBuf,
    log: PathBuf,
    file_id: Option<FileId>,
    log_id: OnceLock<FileId>,
    is_moved: AtomicBool,
}

/// The identity of a file, independent of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileId {
    device: u64,
    inode: u64,
}

impl FileId {
    /// `None` when there is no file; an error when that cannot be determined.
    fn of(path: &Path) -> Result<Option<Self>, ()> {
        match path.metadata() {
            Ok(file) => Ok(Some(Self { device: file.dev(), inode: file.ino() })),
            Err(error)
                if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) =>
            {
                Ok(None)
            }
            Err(_) => Err(()),
        }
    }
}

impl OpenFile {
    /// The place of a file just opened. `given` may be a link to it.
    pub(in crate::store) fn of(path: &Path, given: &Path) -> Self {
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        Self {
            link: (given != path).then(|| given.to_owned()),
            path: path.to_owned(),
            log: log.into(),
            file_id: FileId::of(path).ok().flatten(),
            log_id: OnceLock::new(),
            is_moved: AtomicBool::new(false),
        }
    }

    /// The path of the file.
    pub(in crate::store) fn path(&self) -> &Path {
        &self.path
    }

    /// Checks that the file is still there: two or three system calls, about a microsecond. A link
    /// that now points elsewhere counts as moved, since the next start would follow it.
    pub(in crate::store) fn check(&self) -> Result<(), StoreError> {
        let is_there = is_same(&self.path, self.file_id)
            && self.link.as_ref().is_none_or(|link| is_same(link, self.file_id))
            && is_same(&self.log, self.log_id.get().copied());
        self.is_moved.store(!is_there, Ordering::Relaxed);
        self.as_last_seen()
    }

    /// The result of the last check, for frequent callers.
    pub(in crate::store) fn as_last_seen(&self) -> Result<(), StoreError> {
        if self.is_moved.load(Ordering::Relaxed) {
            Err(StoreError::Moved { path: self.path.clone() })
        } else {
            Ok(())
        }
    }

    /// Records the identity of the WAL. SQLite keeps the file as long as any connection is open.
    pub(in crate::store) fn note_log(&self) {
        if self.log_id.get().is_none()
            && let Ok(Some(id)) = FileId::of(&self.log)
        {
            self.log_id.get_or_init(|| id);
        }
    }
}

/// Treats an unknown identity as the same file, so that writes go on.
fn is_same(path: &Path, known: Option<FileId>) -> bool {
    known.is_none() || FileId::of(path).map_or(true, |found| found == known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_moved_is_missed_until_it_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let (path, aside) = (folder.path().join("a.db"), folder.path().join("aside"));
        std::fs::write(&path, "a").unwrap();
        let place = OpenFile::of(&path, &path);
        place.check().unwrap();

        std::fs::rename(&path, &aside).unwrap();
        assert!(matches!(place.check(), Err(StoreError::Moved { .. })));
        std::fs::write(&path, "a").unwrap();
        assert!(place.check().is_err(), "another file of the same name and content");
        assert!(place.as_last_seen().is_err());
        std::fs::rename(&aside, &path).unwrap();
        place.check().unwrap();

        let log = folder.path().join("a.db-wal");
        std::fs::write(&log, "b").unwrap();
        place.note_log();
        place.check().unwrap();
        std::fs::remove_file(&log).unwrap();
        assert!(place.check().is_err(), "the log is a part of the database");
    }
}
