//! Uploaded pictures, by their path under `uploads/`.

use std::collections::BTreeMap;

use super::{ImportFault, budget::Budget};
use crate::model::Image;

/// Maximum number of files.
const MAX_FILES: usize = 200_000;
/// Maximum size of all files together, in bytes.
const MAX_TOTAL: usize = 512 * 1024 * 1024;

/// The files to import.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    /// The contents by path.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// The paths of files that exceed the largest size of a picture.
    pub(super) too_large: Vec<String>,
    total: usize,
    budget: Budget,
}

impl Uploads {
    /// Starts empty and counts its files against the budget.
    pub(super) fn within(budget: &Budget) -> Self {
        Self { budget: budget.clone(), ..Self::default() }
    }

    /// The largest size of a picture, in bytes.
    pub(super) const MAX_FILE: usize = Image::MAX_BACKGROUND_SIZE;

    /// Whether the file at a path is imported. Generated pictures with initials and marker files
    /// are not.
    pub(super) fn is_wanted(path: &str) -> bool {
        let (folder, name) = path.split_once('/').unwrap_or_default();
        matches!(folder, "application-images" | "oidc-client-images" | "profile-pictures")
            && !name.contains('/')
            && !name.starts_with('.')
    }

    /// Adds a file. Its content is cut at one byte over the limit, which shows that it is too
    /// large.
    pub(super) fn push(&mut self, path: &str, content: Vec<u8>) -> Result<(), ImportFault> {
        if content.len() > Self::MAX_FILE {
            self.too_large.push(path.to_owned());
            return Ok(());
        }
        self.budget.hold(content.len() + path.len())?;
        self.total += content.len();
        self.files.insert(path.to_owned(), content);
        if self.total > MAX_TOTAL || self.files.len() > MAX_FILES {
            let limit = format!("512 MiB or {MAX_FILES} files");
            return Err(ImportFault::TooLarge { what: "the folder uploads".to_owned(), limit });
        }
        Ok(())
    }
}
