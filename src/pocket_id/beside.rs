//! The database of a Pocket ID in the place where ours belongs.

use std::path::{Path, PathBuf};

use crate::store::foreign::{self, WrittenBy};

/// The file name of Pocket ID's database.
pub(super) const THEIRS: &str = "pocket-id.db";
/// The file name of ours.
pub(super) const OURS: &str = "pocketid.db";

/// The database of a Pocket ID, and ours beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoDatabases {
    /// The database of Pocket ID, which is only read.
    pub theirs: PathBuf,
    /// Ours, in the same folder.
    pub ours: PathBuf,
}

impl TwoDatabases {
    /// Looks at the database that the settings name: it may be Pocket ID's own, or stand beside it. A
    /// file with the name of Pocket ID's is never made ours: with it, the way back would be closed.
    pub fn find(named: &Path) -> Option<Self> {
        let is_ours = named.file_name().is_some_and(|name| name == OURS);
        if !is_ours && is_theirs(named) {
            return Some(Self { theirs: named.to_owned(), ours: named.with_file_name(OURS) });
        }
        let theirs = named.with_file_name(THEIRS);
        theirs.is_file().then(|| Self { theirs, ours: named.to_owned() })
    }
}

fn is_theirs(named: &Path) -> bool {
    match foreign::written_by(named) {
        Some(WrittenBy::Ours) => false,
        Some(WrittenBy::PocketId) => true,
        Some(WrittenBy::InLog) | None => named.file_name().is_some_and(|name| name == THEIRS),
    }
}
