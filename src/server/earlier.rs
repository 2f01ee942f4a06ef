//! Traces of an earlier installation. A new database beside one of them is probably a mistake: the
//! volume is not mounted, or the folder is a different one.

use std::{
    cell::Cell,
    ffi::OsStr,
    fmt, io,
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

use crate::{
    backup::BackupName,
    model::{Database, Place},
    settings::{Doubt, Settings},
    store::{
        ForeignServer,
        file_system::{self, folder_of},
        foreign,
    },
};

/// The files and folders that Pocket ID leaves behind.
const OF_POCKET_ID: &[&str] = &["pocket-id.db", "uploads"];
/// The prefix of key file names.
const KEY: &str = "encryption.key";
/// The suffix of the lock files of servers. They stay when a server ends.
const SERVING: &str = ".serving";
/// The suffixes of the files that SQLite keeps beside a database.
const OF_SQLITE: &[&str] = &["-journal", "-shm", "-wal"];
/// The most files of a folder that are looked into.
const MAX_LOOKS: usize = 256;

/// A trace of an earlier installation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trace {
    /// A file of the earlier installation.
    File(PathBuf),
    /// A reason to believe that the settings mean another database.
    Doubt(Doubt),
    /// A place of backups that cannot be checked from here.
    OutOfSight(String),
    /// The tables of a Pocket ID, or of another installation, in the same database.
    Tables,
}

/// The text continues a sentence after "although".
impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Doubt(doubt) => doubt.fmt(f),
            Self::File(path) => write!(f, "{} is from an earlier installation", path.display()),
            Self::Tables => {
                f.write_str("the database has tables of a Pocket ID, or of another installation")
            }
            Self::OutOfSight(place) => {
                write!(
                    f,
                    "backups of an earlier installation may be in {place}, which was not checked"
                )
            }
        }
    }
}

/// Returns the first trace. Must be called before a key is generated.
pub fn find(settings: &Settings) -> Option<Trace> {
    let doubt = || settings.database_doubt.clone().map(Trace::Doubt);
    let of_backups = || in_target(settings.backup.target.as_ref()?);
    beside(settings)
        .map(Trace::File)
        .or_else(|| in_database(settings))
        .or_else(doubt)
        .or_else(of_backups)
}

/// Looks for the tables of a Pocket ID beside ours.
fn in_database(settings: &Settings) -> Option<Trace> {
    let Database::Postgres(address) = &settings.database else { return None };
    // Whatever keeps us from looking may hide them.
    let is_there = ForeignServer::has_traces(address).unwrap_or(true);
    is_there.then_some(Trace::Tables)
}

fn beside(settings: &Settings) -> Option<PathBuf> {
    let Database::Sqlite(file) = &settings.database else { return None };
    // Copies and keys of a database are stored beside the file that a symbolic link leads to.
    let real = file_system::followed(file);
    // A key named in the settings may be put there before the first start.
    let given = settings.encryption_key_file.as_ref().and_then(|path| path.canonicalize().ok());
    let is_given = |path: &Path| given.is_some() && path.canonicalize().ok() == given;
    let own = [file, &real].map(|file| (folder_of(file), file.file_name().map(OsStr::to_owned)));
    let is_own = |path: &Path, name: &str| {
        own.iter().any(|(folder, own)| {
            own.as_deref() == Some(OsStr::new(name)) && path.parent() == Some(folder)
        })
    };
    let looks = Cell::new(0);
    // Closing any handle of a file gives up all locks of this process on it, and others would take
    // the open database for an abandoned one. So its files are never opened, under no name.
    let open = [file, &real].map(|file| identity(file));
    let is_database = |path: &Path, name: &str| {
        looks.set(looks.get() + 1);
        looks.get() <= MAX_LOOKS
            && !OF_SQLITE.iter().any(|suffix| name.ends_with(suffix))
            && identity(path).is_some_and(|found| !open.contains(&Some(found)))
            && foreign::written_by(path).is_some()
    };
    let is_trace = |path: &Path, name: &str| {
        let is_key = name.starts_with(KEY) && !is_given(path);
        let served = name.strip_suffix(SERVING);
        is_key
            || served.is_some_and(|served| !is_own(&path.with_file_name(served), served))
            || OF_POCKET_ID.contains(&name)
            || is_copy_of(file, name)
            || is_copy_of(&real, name)
            || is_backup(name)
            || is_database(path, name)
    };
    let folders = [settings.data_folder(), folder_of(&real)];
    folders.into_iter().find_map(|folder| in_folder(folder, is_trace).ok().flatten())
}

/// The device and inode of a file.
fn identity(file: &Path) -> Option<(u64, u64)> {
    file.metadata().ok().map(|found| (found.dev(), found.ino()))
}

fn in_target(target: &Place) -> Option<Trace> {
    let place = match target {
        Place::Pipe => return None,
        // Checking would need an answer from the network, or half a minute without one.
        Place::S3(place) => place.to_string(),
        Place::Path(folder) => match in_folder(folder, |_, name| is_backup(name)) {
            Ok(found) => return found.map(Trace::File),
            Err(_) => folder.display().to_string(),
        },
    };
    Some(Trace::OutOfSight(place))
}

fn is_backup(name: &str) -> bool {
    BackupName::parse(name).is_some()
}

/// Copies made before a migration, a restore or a change of the key.
fn is_copy_of(database: &Path, name: &str) -> bool {
    let database = database.file_name().and_then(|database| database.to_str());
    let rest = database.and_then(|database| name.strip_prefix(database));
    rest.is_some_and(|rest| rest.starts_with(".before-"))
}

fn in_folder(folder: &Path, is_trace: impl Fn(&Path, &str) -> bool) -> io::Result<Option<PathBuf>> {
    let entries = std::fs::read_dir(folder)?.filter_map(Result::ok);
    let found = entries.map(|entry| entry.path()).filter(|path| {
        path.file_name().and_then(OsStr::to_str).is_some_and(|name| is_trace(path, name))
    });
    Ok(found.min())
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
            assert_eq!(find(&settings), Some(Trace::File(trace.clone())));
            std::fs::remove_file(trace).unwrap();
        }
        let named = |name: &str| {
            let trace = folder.path().join(name);
            let found = find(&settings);
            std::fs::remove_file(&trace).unwrap();
            assert_eq!(found, Some(Trace::File(trace)));
        };
        std::fs::write(folder.path().join("other.db.serving"), "").unwrap();
        named("other.db.serving");
        for name in ["pocketid.bd", "pocketid.db.bak"] {
            let other = Database::Sqlite(folder.path().join(name));
            drop(crate::store::Store::open(&other).unwrap());
            named(name);
        }
        std::fs::write(&key, "a key of sixteen or more").unwrap();
        let given = [("DB_CONNECTION_STRING", database.as_path()), ("ENCRYPTION_KEY_FILE", &key)];
        assert_eq!(find(&read(&given)), None, "it was put there on purpose");
    }

    /// Closing another handle of an open database would give up its locks: then another process
    /// truncates the memory that both share, and this one dies.
    #[test]
    fn the_files_of_the_open_database_are_not_opened() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("pocketid.db");
        let settings = Settings::read(&Source::from_pairs(&[(
            "DB_CONNECTION_STRING",
            database.to_str().unwrap(),
        )]));
        let settings = settings.unwrap();
        let store = crate::store::Store::open(&settings.database).unwrap();
        store.read_blocking(crate::store::setup::left_behind).unwrap();
        std::fs::hard_link(&database, folder.path().join("other.db")).unwrap();
        std::os::unix::fs::symlink(&database, folder.path().join("link.db")).unwrap();
        let locks = || {
            let all = std::fs::read_to_string("/proc/locks").unwrap();
            let inode = |suffix: &str| {
                let path = folder.path().join(format!("pocketid.db{suffix}"));
                format!(":{} ", path.metadata().unwrap().ino())
            };
            let ours = [inode(""), inode("-shm")];
            all.lines().filter(|line| ours.iter().any(|inode| line.contains(inode))).count()
        };
        let before = locks();
        assert!(before > 0, "SQLite holds locks");

        assert_eq!(find(&settings), None);

        assert_eq!(locks(), before);
        drop(store);
    }

    #[test]
    fn a_key_that_the_settings_name_elsewhere_leaves_the_one_here_a_trace() {
        let (folder, elsewhere) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (here, given) =
            (folder.path().join("encryption.key"), elsewhere.path().join("encryption.key"));
        for path in [&here, &given] {
            std::fs::write(path, "a key of sixteen or more").unwrap();
        }
        let database = folder.path().join("pocketid.db");
        let settings = Settings::read(&Source::from_pairs(&[
            ("DB_CONNECTION_STRING", database.to_str().unwrap()),
            ("ENCRYPTION_KEY_FILE", given.to_str().unwrap()),
        ]));

        assert_eq!(find(&settings.unwrap()), Some(Trace::File(here)));
    }

    #[test]
    fn backups_that_cannot_be_looked_at_may_be_of_an_earlier_installation() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("pocketid.db");
        let of_target = |target: &str| {
            let settings = Settings::read(&Source::from_pairs(&[
                ("DB_CONNECTION_STRING", database.to_str().unwrap()),
                ("BACKUP_TARGET", target),
                ("S3_ENDPOINT", "https://s3.example.com"),
                ("S3_REGION", "eu-central-1"),
                ("S3_ACCESS_KEY_ID", "id"),
                ("S3_SECRET_ACCESS_KEY", "secret"),
            ]));
            find(&settings.unwrap())
        };
        assert_eq!(
            of_target("s3://backups/id/"),
            Some(Trace::OutOfSight("s3://backups/id/".to_owned()))
        );
        assert_eq!(of_target("/nonexistent"), Some(Trace::OutOfSight("/nonexistent".to_owned())));
        assert_eq!(of_target(folder.path().to_str().unwrap()), None, "nothing is there");
    }
}
