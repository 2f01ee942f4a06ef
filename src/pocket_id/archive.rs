//! An export as a ZIP file.

use std::{
    borrow::Cow,
    fs::File,
    io::{BufReader, Read, Seek},
    path::{Component, Path},
};

use zip::{ZipArchive, read::ZipFile, result::ZipError};

use super::{Export, ImportFault, actors::Actors, budget::Budget, document, uploads::Uploads};

/// Maximum number of files in an archive.
const MAX_MEMBERS: usize = 300_000;
/// Reads the archive without writing files. Only the imported parts are held in memory.
pub(super) fn read(path: &Path) -> Result<Export, ImportFault> {
    let file = File::open(path).map_err(|cause| ImportFault::io(path, cause))?;
    let size = file.metadata().map_err(|cause| ImportFault::io(path, cause))?.len();
    let budget = Budget::of(size);
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| match error {
        ZipError::Io(cause) => ImportFault::io(path, cause),
        _ => not_an_archive(path),
    })?;
    if archive.len() > MAX_MEMBERS {
        let (what, limit) = ("the archive".to_owned(), format!("{MAX_MEMBERS} files"));
        return Err(ImportFault::TooLarge { what, limit });
    }
    let names = archive.file_names().map(|name| name.map(Cow::into_owned));
    let names: Vec<String> =
        names.collect::<Result<_, _>>().map_err(|error| ImportFault::Damaged(error.to_string()))?;
    if let Some(name) = names.iter().find(|name| !is_plain(name)) {
        return Err(ImportFault::MemberName(name.clone()));
    }
    refuse_others(path, &names)?;
    let mut export = Export::within(&budget);
    let member = open_member(&mut archive, document::NAME)?;
    (export.version, export.tables) = document::read(budget.unpacking(member), &budget)?;
    if names.iter().any(|name| name == "francis.bin") {
        let member = open_member(&mut archive, "francis.bin")?;
        export.actors = Actors::of_backup(budget.unpacking(member), &budget)?;
    }
    for name in names {
        let Some(upload) = name.strip_prefix("uploads/") else { continue };
        if Uploads::is_wanted(upload) {
            let content = read_some(&mut archive, &name, &budget)?;
            export.uploads.push(upload, content)?;
        }
    }
    Ok(export)
}

/// Explains why a file cannot be read as an export.
fn not_an_archive(path: &Path) -> ImportFault {
    let mut start = [0; 16];
    let read = File::open(path).and_then(|mut file| file.read(&mut start)).unwrap_or(0);
    let what = match &start[..read] {
        [b'P', b'K', 3, 4, ..] => "a truncated or damaged ZIP file",
        b"SQLite format 3\0" => "a database; name its folder instead",
        b"age-encryption.o" => {
            return ImportFault::Ours { path: path.to_owned(), what: "an encrypted backup" };
        }
        _ => "not a ZIP file",
    };
    ImportFault::NotPocketId { path: path.to_owned(), what }
}

/// Whether a file name stays inside the folder in which it is unpacked.
fn is_plain(name: &str) -> bool {
    !name.contains(['\\', '\0'])
        && Path::new(name).components().all(|part| matches!(part, Component::Normal(_)))
}

fn refuse_others(path: &Path, names: &[String]) -> Result<(), ImportFault> {
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    match (has(document::NAME), has("manifest.json")) {
        (true, _) => Ok(()),
        (false, true) => Err(ImportFault::Ours { path: path.to_owned(), what: "a backup" }),
        (false, false) => Err(ImportFault::NotPocketId {
            path: path.to_owned(),
            what: "not an export of Pocket ID: database.json is missing",
        }),
    }
}

fn open_member<'a, R: Read + Seek>(
    archive: &'a mut ZipArchive<R>,
    name: &str,
) -> Result<ZipFile<'a, R>, ImportFault> {
    archive.by_name(name).map_err(|error| ImportFault::Damaged(format!("{name}: {error}")))
}

/// Reads a picture up to one byte over the limit, whatever size the archive declares for it.
fn read_some<R: Read + Seek>(
    archive: &mut ZipArchive<R>,
    name: &str,
    budget: &Budget,
) -> Result<Vec<u8>, ImportFault> {
    let member = budget.unpacking(open_member(archive, name)?);
    let mut content = Vec::new();
    let read = member.take(Uploads::MAX_FILE as u64 + 1).read_to_end(&mut content);
    read.map_err(|cause| ImportFault::unreadable(name, &cause))?;
    Ok(content)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_is_not_plain() {
        for name in ["database.json", "uploads/profile-pictures/a.png", "uploads/", "a/.deleted/b"]
        {
            assert!(is_plain(name), "{name}");
        }
        for name in ["../a", "a/../../b", "/etc/passwd", "a\\..\\b", "./a", "a\0b"] {
            assert!(!is_plain(name), "{name:?}");
        }
    }
}
