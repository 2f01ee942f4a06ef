//! A folder: an unpacked export, or the data folder of Pocket ID.

use std::{fs::File, io::Read as _, path::Path};

use super::{
    Export, ImportFault,
    actors::Actors,
    beside::{OURS, THEIRS},
    budget::Budget,
    database::{read_file, read_server},
    document,
    uploads::Uploads,
};
use crate::model::database::PostgresAddress;

/// Reads the folder.
pub(super) fn read(path: &Path) -> Result<Export, ImportFault> {
    let mut export = match () {
        () if path.join(document::NAME).is_file() => read_export(path)?,
        () if path.join(THEIRS).is_file() => read_file(&path.join(THEIRS))?,
        // This is the working folder of Pocket ID, which contains `data`.
        () if path.join("data").join(THEIRS).is_file() => return read(&path.join("data")),
        () if path.join(OURS).is_file() => {
            return Err(ImportFault::Ours { path: path.to_owned(), what: "the data folder" });
        }
        () => {
            let what =
                "not a data folder of Pocket ID: it has neither database.json nor pocket-id.db";
            return Err(ImportFault::NotPocketId { path: path.to_owned(), what });
        }
    };
    read_uploads(&path.join("uploads"), &mut export.uploads)?;
    Ok(export)
}

/// Reads a database and the folder with its files.
pub(super) fn read_in_place(
    database: &Path,
    uploads: Option<&Path>,
) -> Result<Export, ImportFault> {
    let mut export = read_file(database)?;
    let beside = database.with_file_name("uploads");
    read_uploads(uploads.unwrap_or(&beside), &mut export.uploads)?;
    Ok(export)
}

/// Reads a database on a server, and the folder with its files. `None` if no Pocket ID has tables there.
pub(super) fn read_server_in_place(
    address: &PostgresAddress,
    uploads: Option<&Path>,
) -> Result<Option<Export>, ImportFault> {
    let Some(mut export) = read_server(address)? else { return Ok(None) };
    read_uploads(uploads.unwrap_or(Path::new("data/uploads")), &mut export.uploads)?;
    Ok(Some(export))
}

fn read_export(path: &Path) -> Result<Export, ImportFault> {
    // Nothing is compressed here, so memory use is in proportion to the files.
    let budget = Budget::default();
    let mut export = Export::within(&budget);
    let document = open(&path.join(document::NAME))?;
    (export.version, export.tables) = document::read(document, &budget)?;
    let actors = path.join("francis.bin");
    if actors.exists() {
        export.actors = Actors::of_backup(open(&actors)?, &budget)?;
    }
    Ok(export)
}

fn open(path: &Path) -> Result<File, ImportFault> {
    File::open(path).map_err(|cause| ImportFault::io(path, cause))
}

fn read_uploads(folder: &Path, uploads: &mut Uploads) -> Result<(), ImportFault> {
    for name in ["application-images", "oidc-client-images", "profile-pictures"] {
        let folder = folder.join(name);
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries {
            let entry = entry.map_err(|cause| ImportFault::io(&folder, cause))?;
            // Skips symbolic links, which may lead out of the folder.
            let is_file = entry.file_type().is_ok_and(|kind| kind.is_file());
            let Ok(file_name) = entry.file_name().into_string() else { continue };
            let path = format!("{name}/{file_name}");
            if is_file && Uploads::is_wanted(&path) {
                uploads.push(&path, read_some(&entry.path(), Uploads::MAX_FILE + 1)?)?;
            }
        }
    }
    Ok(())
}

fn read_some(path: &Path, limit: usize) -> Result<Vec<u8>, ImportFault> {
    let mut content = Vec::new();
    let read = open(path)?.take(limit as u64).read_to_end(&mut content);
    read.map_err(|cause| ImportFault::io(path, cause))?;
    Ok(content)
}
