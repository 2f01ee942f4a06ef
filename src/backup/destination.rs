//! Destinations of backups: a file, a local folder, or S3. Lists and prunes the backups of a
//! folder.

use std::{
    fs::DirEntry,
    io,
    os::unix::ffi::OsStrExt as _,
    path::{Path, PathBuf},
};

use uuid::Uuid;

use super::{
    BackupError, BackupName, Facts, Manifest, Progress, Protection,
    file::{NewFile, nameless},
    s3::{S3, not_a_folder},
    save::save,
};
use crate::{
    model::{Place, S3Place},
    settings::S3Settings,
    store::Store,
};

/// A destination of backups, with its settings and credentials.
#[derive(Debug)]
pub enum Destination {
    /// A file or a folder.
    Path(PathBuf),
    /// An object or a folder in S3.
    S3(Box<S3>, S3Place),
}

/// A backup that was stored.
#[derive(Debug)]
pub struct Stored {
    /// Its name in a folder.
    pub name: BackupName,
    /// Its path or S3 address, as the administrator writes it.
    pub place: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its manifest.
    pub manifest: Manifest,
}

/// A backup in a folder.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// The parsed name: installation, time and version.
    pub parsed: BackupName,
    /// Its size in bytes.
    pub size: u64,
}

/// The result of pruning old backups.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Pruned {
    /// Names of the removed backups.
    pub removed: Vec<String>,
    /// Names of backups with a later time than the backup just made. Some clock is or was wrong.
    /// They do not count towards the limit; otherwise no new backup would be among the newest.
    pub later: Vec<String>,
}

impl Pruned {
    fn of(found: &[Found], just_made: &BackupName, keep: usize) -> Self {
        let is_own = |found: &&Found| {
            let installation = found.parsed.installation;
            installation.is_some() && installation == just_made.installation
        };
        let others = found.iter().filter(is_own).filter(|found| found.parsed != *just_made);
        let (later, earlier): (Vec<_>, Vec<_>) =
            others.partition(|found| found.parsed.created_at > just_made.created_at);
        let names = |found: Vec<&Found>, skipped: usize| {
            found.into_iter().skip(skipped).map(|found| found.name.clone()).collect()
        };
        Self { removed: names(earlier, keep.saturating_sub(1)), later: names(later, 0) }
    }
}

/// The content of a backup.
#[derive(Debug, Clone, Copy)]
pub struct BackupInput<'a> {
    /// The database.
    pub store: &'a Store,
    /// The parts that the database does not hold.
    pub facts: &'a Facts<'a>,
}

impl Destination {
    /// Opens the destination of a place. Fails for a pipe, which cannot be a destination.
    pub fn new(place: Place, s3: Option<&S3Settings>) -> Result<Self, BackupError> {
        match place {
            Place::Path(path) => Ok(Self::Path(path)),
            Place::Pipe => Err(BackupError::Write(io::ErrorKind::InvalidInput.into())),
            Place::S3(place) => {
                let settings = s3.ok_or(BackupError::NoS3)?;
                Ok(Self::S3(Box::new(S3::new(settings, &place)?), place))
            }
        }
    }

    /// Opens a destination folder. A local folder must exist; otherwise the backup would be written
    /// to a file of that name.
    pub fn folder(place: Place, s3: Option<&S3Settings>) -> Result<Self, BackupError> {
        match &place {
            Place::Path(path) if !path.is_dir() => Err(BackupError::NoFolder(path.clone())),
            _ => Self::new(place, s3),
        }
    }

    /// Returns the file or object of this name in the folder.
    pub fn within(self, name: &str) -> Self {
        match self {
            Self::Path(folder) => Self::Path(folder.join(name)),
            Self::S3(s3, place) => {
                let place = place.join(name);
                Self::S3(s3, place)
            }
        }
    }

    /// Makes a backup at this destination. In a folder, its name contains the time.
    pub fn store(
        &self,
        source: BackupInput<'_>,
        protection: Option<Protection<'_>>,
        id: Uuid,
        progress: &dyn Progress,
    ) -> Result<Stored, BackupError> {
        let BackupInput { store, facts } = source;
        let name = BackupName::new(facts.made_by_itself_of, facts.created_at, protection.is_some());
        match self {
            Self::Path(path) => {
                let path = match path.is_dir() {
                    true if path == Path::new(".") => name.to_string().into(),
                    true => path.join(name.to_string()),
                    false => path.clone(),
                };
                let place = path.display().to_string();
                let new = NewFile::create(&path, id).map_err(|error| match error.kind() {
                    io::ErrorKind::NotFound => BackupError::NoParent(holder(&path)),
                    _ => unable(&place, error),
                })?;
                let manifest = save(store, facts, protection, new.file(), progress)?;
                new.finish().map_err(|error| unable(&place, error))?;
                let size = path.metadata().map_err(|error| unable(&place, error))?.len();
                Ok(Stored { name, place, size, manifest })
            }
            Self::S3(s3, place) => {
                let place =
                    if place.is_folder() { place.join(&name.to_string()) } else { place.clone() };
                let file = nameless(id).map_err(BackupError::Write)?;
                let manifest = save(store, facts, protection, &file, progress)?;
                let size = s3.put(&place, &file)?;
                Ok(Stored { name, place: place.to_string(), size, manifest })
            }
        }
    }

    /// Lists the backups of the folder, newest first. Files with another form of name are left out.
    pub fn list(&self) -> Result<Vec<Found>, BackupError> {
        let mut found: Vec<Found> = match self {
            Self::Path(folder) => {
                let entries = std::fs::read_dir(folder).map_err(BackupError::Read)?;
                let entries: Vec<DirEntry> =
                    entries.collect::<Result<_, _>>().map_err(BackupError::Read)?;
                entries.iter().filter_map(found_file).collect()
            }
            Self::S3(s3, place) => {
                let objects = s3.list(place)?.into_iter();
                objects.filter_map(|object| found(object.name, object.size)).collect()
            }
        };
        found.sort_by(|one, other| {
            (other.parsed.created_at, &other.name).cmp(&(one.parsed.created_at, &one.name))
        });
        Ok(found)
    }

    /// Removes the oldest scheduled backups of this installation beyond the newest `keep`. The
    /// backup just made and files with other names stay.
    pub fn prune(&self, just_made: &BackupName, keep: usize) -> Result<Pruned, BackupError> {
        let pruned = Pruned::of(&self.list()?, just_made, keep);
        for name in &pruned.removed {
            match self {
                Self::Path(folder) => {
                    std::fs::remove_file(folder.join(name)).map_err(BackupError::Write)?;
                }
                Self::S3(s3, place) => s3.delete(&place.join(name))?,
            }
        }
        Ok(pruned)
    }

    /// Opens one backup.
    pub fn open(&self, id: Uuid) -> Result<std::fs::File, BackupError> {
        match self {
            Self::Path(path) => {
                let file = std::fs::File::open(path).map_err(BackupError::Read)?;
                if file.metadata().map_err(BackupError::Read)?.is_dir() {
                    return Err(BackupError::Read(io::ErrorKind::IsADirectory.into()));
                }
                Ok(file)
            }
            Self::S3(s3, place) => {
                not_a_folder(place)?;
                s3.get(place, nameless(id).map_err(BackupError::Write)?)
            }
        }
    }
}

fn found_file(file: &DirEntry) -> Option<Found> {
    let metadata = file.metadata().ok().filter(std::fs::Metadata::is_file)?;
    found(file.file_name().into_string().ok()?, metadata.len())
}

fn found(name: String, size: u64) -> Option<Found> {
    let parsed = BackupName::parse(&name)?;
    Some(Found { name, parsed, size })
}

/// The folder that is to hold a file. A path that ends with a slash names the folder itself.
fn holder(path: &Path) -> PathBuf {
    if path.as_os_str().as_bytes().ends_with(b"/") {
        return path.to_owned();
    }
    path.parent().unwrap_or(path).to_owned()
}

fn unable(place: &str, error: io::Error) -> BackupError {
    match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(place.to_owned()),
        _ => BackupError::Write(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_old_backups_of_the_own_installation_are_removed_and_never_the_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let made = "pocketid-0000000a-20260103T000000Z-0.1.0.zip";
        let (later, old) = (
            "pocketid-0000000a-20990101T000000Z-0.1.0.zip",
            [
                "pocketid-0000000a-20260101T000000Z-0.1.0.zip",
                "pocketid-0000000a-20260102T000000Z-0.1.0.zip.age",
            ],
        );
        let of_others = [
            "holiday.zip",
            "pocketid-0000000b-20250101T000000Z-0.1.0.zip",
            "pocketid-20250101T000000Z-0.1.0.zip",
        ];
        for name in [&[made, later][..], &old, &of_others].concat() {
            std::fs::write(folder.path().join(name), "x").unwrap();
        }
        let prune = |keep| {
            let place = Destination::Path(folder.path().to_owned());
            place.prune(&BackupName::parse(made).unwrap(), keep).unwrap()
        };
        let later = vec![later.to_owned()];
        assert_eq!(prune(3), Pruned { removed: vec![], later: later.clone() });
        assert_eq!(prune(2), Pruned { removed: vec![old[0].into()], later: later.clone() });
        assert_eq!(prune(1), Pruned { removed: vec![old[1].into()], later });
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2 + of_others.len());
    }
}
