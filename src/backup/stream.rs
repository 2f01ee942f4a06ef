//! Reads a backup from its beginning to its end, without a copy of it.

use std::{
    fs::File,
    io::{self, Read as _},
    os::fd::OwnedFd,
    thread,
};

use uuid::Uuid;

use super::{BackupError, Destination};
use crate::crypto::age;

/// The number of bytes that tell whether a backup is encrypted.
const START: u64 = 64;

/// A backup that is read once.
#[derive(Debug)]
pub struct BackupStream {
    /// Its first bytes, which are read already.
    pub start: Vec<u8>,
    /// The rest.
    pub rest: File,
}

impl BackupStream {
    /// Opens the backup at a destination. One in S3 is fetched while it is read; if S3 fails
    /// meanwhile, it ends early.
    pub fn open(destination: Destination) -> Result<Self, BackupError> {
        let rest = match destination {
            Destination::S3(s3, place) => {
                let (reader, writer) = io::pipe().map_err(BackupError::Read)?;
                let mut writer = File::from(OwnedFd::from(writer));
                let fetch = move || {
                    if let Err(error) = s3.fetch(&place, &mut writer) {
                        tracing::warn!(%error, "could not fetch a backup to its end");
                    }
                };
                thread::Builder::new().spawn(fetch).map_err(BackupError::Read)?;
                File::from(OwnedFd::from(reader))
            }
            // Only S3 needs an id, for its temporary file.
            path @ Destination::Path(_) => path.open(Uuid::nil())?,
        };
        let mut start = Vec::new();
        (&rest).take(START).read_to_end(&mut start).map_err(BackupError::Read)?;
        Ok(Self { start, rest })
    }

    /// Whether the backup is encrypted. Its name may be wrong.
    pub fn is_encrypted(&self) -> bool {
        age::begins_as_age(&self.start)
    }
}
