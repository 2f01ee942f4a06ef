//! Resolves the references in a file.

use std::{fs::File, io::Read as _, path::PathBuf};

use crate::{
    configuration::{Sources, quoted},
    crypto::Secret,
    settings::Source,
};

/// The environment, and the files in the configuration file's folder.
pub struct Outside {
    /// The folder of the configuration file.
    pub folder: PathBuf,
    /// The environment, including the file `.env`.
    pub environment: Source,
}

impl Sources for Outside {
    fn variable(&self, name: &str) -> Result<Secret, String> {
        let value = self.environment.value(name).map(Secret::new);
        value.ok_or_else(|| format!("the variable {} is not set", quoted(name)))
    }

    fn file(&self, path: &str, max: usize) -> Result<Vec<u8>, String> {
        let path = self.folder.join(path);
        let shown = quoted(&path.to_string_lossy());
        let unreadable = |error| format!("cannot read {shown}: {error}");
        let mut bytes = Vec::new();
        let file = File::open(&path).map_err(unreadable)?;
        file.take(max as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
        if bytes.len() > max {
            Err(format!("{shown} is larger than {} KiB", max / 1024))
        } else {
            Ok(bytes)
        }
    }
}
