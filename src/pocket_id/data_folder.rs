//! A folder: an unpacked export, or the data folder of Pocket ID.

use std::{collections::BTreeMap, fs::File, io::Read as _, path::Path};

use super::{
    Export, ImportFault,
    actors::Actors,
    beside::{OURS, THEIRS},
    budget::Budget,
    cell::{Cell, PocketIdRow},
    document, releases,
    tables::Tables,
    uploads::Uploads,
};
use crate::store::foreign::{self, ForeignFile};

/// Reads the folder.
pub(super) fn read(path: &Path) -> Result<Export, ImportFault> {
    let mut export = match () {
        () if path.join(document::NAME).is_file() => read_export(path)?,
        () if path.join(THEIRS).is_file() => read_database(&path.join(THEIRS))?,
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
    let mut export = read_database(database)?;
    let beside = database.with_file_name("uploads");
    read_uploads(uploads.unwrap_or(&beside), &mut export.uploads)?;
    Ok(export)
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

fn read_database(path: &Path) -> Result<Export, ImportFault> {
    let file = ForeignFile::open(path)?;
    let mut export = Export { log_is_missing: foreign::log_is_missing(path), ..Export::default() };
    let names = file.tables()?;
    if !names.iter().any(|name| name == "schema_migrations") {
        let what = "not a database of Pocket ID: it has no table schema_migrations";
        return Err(ImportFault::NotPocketId { path: path.to_owned(), what });
    }
    export.tables.expect_all(&names);
    for name in &names {
        match (name.as_str(), Tables::wanted(name)) {
            ("schema_migrations", _) => export.version = read_version(&file)?,
            ("francis_actor_state", _) => export.actors = read_actors(&file)?,
            ("storage", _) => read_storage(&file, &mut export.uploads)?,
            (_, Some(table)) => each_cells(&file, table, |cells| export.tables.push(table, cells))?,
            (name, None) if releases::is_internal(name) => {}
            (name, None) => export.tables.skip(name, file.count(name)?),
        }
    }
    Ok(export)
}

fn each_cells(
    file: &ForeignFile,
    table: &'static str,
    mut take: impl FnMut(BTreeMap<String, Cell>) -> Result<(), ImportFault>,
) -> Result<(), ImportFault> {
    file.each_row(table, |columns, values| {
        take(columns.iter().cloned().zip(values.into_iter().map(Cell::from)).collect())
    })
}

fn each_row(
    file: &ForeignFile,
    table: &'static str,
    mut take: impl FnMut(PocketIdRow) -> Result<(), ImportFault>,
) -> Result<(), ImportFault> {
    let mut number = 0;
    each_cells(file, table, |cells| {
        number += 1;
        let cells = cells.into_iter().map(|(name, cell)| (name.into(), cell)).collect();
        take(PocketIdRow { table, number, cells })
    })
}

fn read_version(file: &ForeignFile) -> Result<i64, ImportFault> {
    let mut version = 0;
    each_row(file, "schema_migrations", |row| {
        if row.flag("dirty")? {
            return Err(ImportFault::Dirty);
        }
        version = row.number("version")?;
        Ok(())
    })?;
    Ok(version)
}

fn read_actors(file: &ForeignFile) -> Result<Actors, ImportFault> {
    let mut actors = Actors::default();
    each_row(file, "francis_actor_state", |row| {
        let (kind, id) = (row.text("actor_type")?, row.text("actor_id")?);
        if Actors::is_wanted(kind) {
            actors.push(kind, id, &row.bytes("actor_state_data")?)
        } else {
            Ok(())
        }
    })?;
    Ok(actors)
}

/// Reads the files that Pocket ID kept in its database (`FILE_BACKEND=database`).
fn read_storage(file: &ForeignFile, uploads: &mut Uploads) -> Result<(), ImportFault> {
    each_row(file, "storage", |row| {
        let path = row.text("path")?;
        let path = path.strip_prefix("uploads/").unwrap_or(path);
        if Uploads::is_wanted(path) { uploads.push(path, row.bytes("data")?) } else { Ok(()) }
    })
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
