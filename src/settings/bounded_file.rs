//! Reads files that may be endless.

use std::{
    fs::File,
    io::{self, ErrorKind, Read as _},
    path::Path,
};

/// Reads a whole settings file of at most 1 MiB: `/dev/zero` has no end.
pub(super) fn read_bounded(path: impl AsRef<Path>) -> io::Result<Vec<u8>> {
    const MAX_SIZE: u64 = 1 << 20;
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_SIZE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_SIZE {
        Err(io::Error::new(ErrorKind::FileTooLarge, "it is larger than 1 MiB"))
    } else {
        Ok(bytes)
    }
}
