//! Reads secrets from a file or standard input; never from arguments, which other users can read.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use super::error::CliError;
use crate::crypto::Secret;

/// The maximum size of a secret file, in bytes.
const MAX_SIZE: u64 = 4_096;

/// Reads a secret, named `what` in errors, from a file; `-` is standard input. A trailing line feed
/// is removed.
pub fn read(path: &Path, what: &str) -> Result<Secret, CliError> {
    let name =
        if path == Path::new("-") { "standard input".into() } else { path.to_string_lossy() };
    let unreadable = |error: io::Error| {
        CliError::refused(format!("cannot read {what} from {name}: {error}"))
            .hint("it must be a text file that this user can read")
    };
    let mut text = String::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(MAX_SIZE + 1).read_to_string(&mut text)
    } else {
        let file = File::open(path).map_err(unreadable)?;
        file.take(MAX_SIZE + 1).read_to_string(&mut text)
    };
    let text = Secret::new(text);
    let size = read.map_err(unreadable)?;
    if size as u64 > MAX_SIZE {
        return Err(CliError::refused(format!("{what} in {name} is too long"))
            .hint(format!("it may have at most {MAX_SIZE} bytes")));
    }
    match text.expose().trim_end_matches(['\r', '\n']) {
        "" => Err(CliError::refused(format!("{what} is missing: {name} is empty"))),
        secret => Ok(Secret::new(secret)),
    }
}
