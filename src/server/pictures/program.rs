//! The program that the server starts for its own work.

use std::{
    env, io,
    path::{Path, PathBuf},
};

/// The running file on Linux, also when an upgrade has replaced or deleted it.
const RUNNING_FILE: &str = "/proc/self/exe";

/// Where the program of this server is.
#[derive(Debug, Clone, Default)]
pub struct ServerProgram(Option<PathBuf>);

impl ServerProgram {
    /// The program at a path, for a server that runs inside of another program.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(Some(path.into()))
    }

    /// The path to start it by.
    pub(super) fn path(&self) -> io::Result<PathBuf> {
        match &self.0 {
            Some(path) => Ok(path.clone()),
            None if Path::new(RUNNING_FILE).exists() => Ok(RUNNING_FILE.into()),
            None => env::current_exe(),
        }
    }
}
