//! Traces of an earlier installation. A new database beside one of them is probably a mistake: the volume is not mounted,
//! or the folder is another one.

use std::path::{Path, PathBuf};

use crate::{
    backup::BackupName,
    model::{Database, Place},
    settings::Settings,
};

/// What a Pocket ID leaves behind.
const OF_POCKET_ID: &[&str] = &["pocket-id.db", "uploads"];
/// What the names of kept keys begin with.
const KEY: &str = "encryption.key";

/// The first trace that is found. To be looked for before a key is made.
pub fn find(settings: &Settings) -> Option<PathBuf> {
    let beside = match &settings.database {
        Database::Sqlite(file) => in_folder(settings.data_folder(), |name| {
            // A key that the settings name may be put there before the first start.
            let is_given =
                settings.encryption_key_file.as_ref().is_some_and(|path| path.ends_with(name));
            let is_key = name.starts_with(KEY) && !is_given;
            is_key || OF_POCKET_ID.contains(&name) || is_copy_of(file, name) || is_backup(name)
        }),
        Database::Postgres(_) => None,
    };
    let in_target = || match &settings.backup.target {
        Some(Place::Path(folder)) => in_folder(folder, is_backup),
        _ => None,
    };
    beside.or_else(in_target)
}

fn is_backup(name: &str) -> bool {
    BackupName::parse(name).is_some()
}

/// Copies that were kept before a migration, a restore or a change of the key.
fn is_copy_of(database: &Path, name: &str) -> bool {
    let database = database.file_name().and_then(|database| database.to_str());
    let rest = database.and_then(|database| name.strip_prefix(database));
    rest.is_some_and(|rest| rest.starts_with(".before-"))
}

fn in_folder(folder: &Path, is_trace: impl Fn(&str) -> bool) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder).ok()?;
    let mut found: Vec<_> = entries
        .filter_map(Result::ok)
        .filter(|entry| entry.file_name().to_str().is_some_and(&is_trace))
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Source;

    #[test]
    fn traces_of_an_earlier_installation_are_told_from_other_files() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("pocketid.db");
        let key = folder.path().join("encryption.key");
        let read = |variables: &[(&str, &Path)]| {
            let variables: Vec<_> =
                variables.iter().map(|(name, path)| (*name, path.to_str().unwrap())).collect();
            Settings::read(&Source::from_pairs(&variables)).unwrap()
        };
        let settings = read(&[("DB_CONNECTION_STRING", &database)]);
        for name in
            ["pocketid.db", "pocketid.db.serving", "pocketid.db-wal", "recipes", "notes.zip"]
        {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(find(&settings), None);
        for name in [
            "encryption.key",
            "encryption.key.before-rotation-20261124T080000Z",
            "pocket-id.db",
            "pocketid.db.before-v2",
            "pocketid-20261124T080000Z-0.1.0.zip.age",
        ] {
            let trace = folder.path().join(name);
            std::fs::write(&trace, "a key of sixteen or more").unwrap();
            assert_eq!(find(&settings), Some(trace.clone()));
            std::fs::remove_file(trace).unwrap();
        }
        std::fs::write(&key, "a key of sixteen or more").unwrap();
        let given = [("DB_CONNECTION_STRING", database.as_path()), ("ENCRYPTION_KEY_FILE", &key)];
        assert_eq!(find(&read(&given)), None, "it was put there on purpose");
    }
}
