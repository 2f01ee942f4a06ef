//! The pictures that people uploaded, by their path under `uploads/`.

use std::collections::BTreeMap;

use super::{Fault, budget::Budget};
use crate::model::Image;

/// How many files there may be.
const MAX_FILES: usize = 200_000;
/// How large they may be together, in bytes.
const MAX_TOTAL: usize = 512 * 1024 * 1024;

/// The files that are wanted.
#[derive(Debug, Default)]
pub(super) struct Uploads {
    /// Their content by their path.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    /// The paths of those that are larger than any picture here.
    pub(super) too_large: Vec<String>,
    total: usize,
    budget: Budget,
}

impl Uploads {
    /// None yet; they are held within the budget.
    pub(super) fn within(budget: &Budget) -> Self {
        Self { budget: budget.clone(), ..Self::default() }
    }

    /// The largest file that is of any use.
    pub(super) const MAX_FILE: usize = Image::MAX_BACKGROUND_SIZE;

    /// Whether the file of a path is wanted. Initials are drawn anew, markers mean nothing here.
    pub(super) fn is_wanted(path: &str) -> bool {
        let (folder, name) = path.split_once('/').unwrap_or_default();
        matches!(folder, "application-images" | "oidc-client-images" | "profile-pictures")
            && !name.contains('/')
            && !name.starts_with('.')
    }

    /// Takes a file whose content was read up to one byte more than it may have.
    pub(super) fn push(&mut self, path: &str, content: Vec<u8>) -> Result<(), Fault> {
        if content.len() > Self::MAX_FILE {
            self.too_large.push(path.to_owned());
            return Ok(());
        }
        self.budget.hold(content.len() + path.len())?;
        self.total += content.len();
        self.files.insert(path.to_owned(), content);
        match self.total > MAX_TOTAL || self.files.len() > MAX_FILES {
            false => Ok(()),
            true => {
                let limit = format!("512 MiB or {MAX_FILES} files");
                Err(Fault::TooLarge { what: "the folder uploads".to_owned(), limit })
            }
        }
    }
}
