//! Goes back to the copy of the file from before a migration.

use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::{
    super::{
        StoreError, Tx,
        earlier::{Earlier, RolledBack, name_rolled_back, version_in},
        file_system::{folder_of, followed},
        sealed,
    },
    connections, migrations,
    replace::swap,
    server_claim::ServerClaim,
};
use crate::model::Timestamp;

/// The last copy that was made of a version below the one of the file.
pub(in crate::store) fn find_earlier(given: &Path) -> Result<Option<Earlier>, StoreError> {
    let path = followed(given);
    let now = migrations::version(&connections::open_as_it_is(&path)?)?;
    let copies = copies_of(&path).map_err(|error| StoreError::Open {
        path: folder_of(&path).to_owned(),
        cause: error.to_string(),
    })?;
    let earlier = copies.into_iter().filter(|copy| copy.version < now);
    // Of copies of one second and version, any is right, but always the same.
    let last = earlier.max_by_key(|copy| (copy.made_at, copy.version, copy.path.clone()));
    last.map(|copy| read(&copy)).transpose()
}

/// See [`crate::store::roll_back`].
pub(in crate::store) fn roll_back(
    given: &Path,
    earlier: &Earlier,
) -> Result<RolledBack, StoreError> {
    let path = followed(given);
    let _claim = ServerClaim::take(&path)?;
    let mut newer = connections::open_as_it_is(&path)?;
    let from = migrations::version(&newer)?;
    let copy = open_copy(Path::new(&earlier.name), earlier.version)?;
    let kept = swap(&copy, &mut newer, &path, &name_rolled_back(from))?;
    Ok(RolledBack { from, kept: kept.display().to_string() })
}

/// A file that is a copy by its name.
struct Copy {
    path: PathBuf,
    version: i64,
    made_at: Option<Timestamp>,
}

fn copies_of(path: &Path) -> std::io::Result<Vec<Copy>> {
    let mut copies = Vec::new();
    for entry in folder_of(path).read_dir()? {
        let entry = entry?;
        let name = entry.file_name();
        let suffix = path.file_name().and_then(|own| own.to_str()).and_then(|own| {
            let suffix = name.to_str()?.strip_prefix(own)?.strip_prefix('.')?;
            version_in(suffix)
        });
        if let Some(version) = suffix {
            copies.push(Copy { path: entry.path(), version, made_at: changed_at(&entry) });
        }
    }
    Ok(copies)
}

/// A copy is written once.
fn changed_at(entry: &std::fs::DirEntry) -> Option<Timestamp> {
    let changed = entry.metadata().ok()?.modified().ok()?;
    let since = changed.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok().map(Timestamp::from_unix)
}

fn read(copy: &Copy) -> Result<Earlier, StoreError> {
    let connection = open_copy(&copy.path, copy.version)?;
    let census = migrations::census(&connection)?;
    Ok(Earlier {
        name: copy.path.display().to_string(),
        version: copy.version,
        made_at: copy.made_at,
        users: census.users(),
        clients: census.clients(),
        proof: sealed::proof(&mut Tx::sqlite(&connection))?,
    })
}

/// Opens a copy that is whole, and of the version that its name says.
fn open_copy(path: &Path, version: i64) -> Result<Connection, StoreError> {
    let connection = connections::open_as_it_is(path)?;
    let damaged = |what: &str| StoreError::Malformed(format!("{}: {what}", path.display()));
    if migrations::version(&connection)? != version {
        return Err(damaged("the copy is not of the version that its name says"));
    }
    let found: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
    if found == "ok" { Ok(connection) } else { Err(damaged(&found)) }
}
