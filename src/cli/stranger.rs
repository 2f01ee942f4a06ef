//! A data folder that belongs to another program: as a rule, a wrong folder was mounted.

use std::{
    ffi::OsStr,
    path::{Path, PathBuf},
};

use crate::store::foreign;

/// The prefixes of the names of our files, and of those of Pocket ID: databases, keys, backups, pictures,
/// and its database of places.
const OURS: &[&str] = &["pocketid", "pocket-id", "encryption.key", "uploads", "keys", "GeoLite2-"];
/// Names of files and folders in the topmost folder of a disk.
const OF_DISKS: &[&str] = &["lost+found", "System Volume Information"];

/// Finds a file or folder that is neither ours nor Pocket ID's. `None` if one of ours is there as well, or
/// nothing but hidden files.
pub fn find(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?.filter_map(Result::ok);
    let mut found = None;
    for path in entries.map(|entry| entry.path()) {
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        if OURS.iter().any(|ours| name.starts_with(ours)) || foreign::written_by(&path).is_some() {
            return None;
        }
        if !name.starts_with('.') && !OF_DISKS.contains(&name) {
            found = found.into_iter().chain([path]).min();
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_without_anything_of_ours_is_told_by_the_first_file_of_others() {
        let folder = tempfile::tempdir().unwrap();
        let make = |name: &str| std::fs::write(folder.path().join(name), "").unwrap();
        ["lost+found", ".gitkeep"].into_iter().for_each(make);
        assert_eq!(find(folder.path()), None, "an empty disk");
        ["postgresql.conf", "base"].into_iter().for_each(make);
        assert_eq!(find(folder.path()), Some(folder.path().join("base")));
        make("pocket-id.db");
        assert_eq!(find(folder.path()), None);
        assert_eq!(find(&folder.path().join("missing")), None);
    }
}
