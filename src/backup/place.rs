//! Where backups are: a file or folder, a pipe, or an object in S3.

use std::{convert::Infallible, path::PathBuf, str::FromStr};

/// A place as it is written on the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A file or a folder.
    Path(PathBuf),
    /// Standard input or output.
    Pipe,
}

impl FromStr for Place {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text {
            "-" => Self::Pipe,
            path => Self::Path(path.into()),
        })
    }
}
