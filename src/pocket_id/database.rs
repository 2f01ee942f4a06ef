//! The database of Pocket ID: a file of SQLite, or tables on PostgreSQL.

use std::{collections::BTreeMap, path::Path};

use super::{
    Export, ImportFault,
    actors::Actors,
    cell::{Cell, PocketIdRow},
    document, releases,
    tables::Tables,
    uploads::Uploads,
};
use crate::{
    model::database::PostgresAddress,
    store::{
        ForeignServer,
        foreign::{self, ForeignFile, ForeignTables},
    },
};

/// The values of a row by their columns.
type Cells = BTreeMap<String, Cell>;

/// A database that is read table by table.
trait Source: ForeignTables {
    /// Passes each row of a table to `take`.
    fn each_cells(
        &mut self,
        table: &'static str,
        take: &mut dyn FnMut(Cells) -> Result<(), ImportFault>,
    ) -> Result<(), ImportFault>;
}

impl Source for ForeignFile {
    fn each_cells(
        &mut self,
        table: &'static str,
        take: &mut dyn FnMut(Cells) -> Result<(), ImportFault>,
    ) -> Result<(), ImportFault> {
        self.each_row(table, |columns, values| {
            take(columns.iter().cloned().zip(values.into_iter().map(Cell::from)).collect())
        })
    }
}

impl Source for ForeignServer {
    fn each_cells(
        &mut self,
        table: &'static str,
        take: &mut dyn FnMut(Cells) -> Result<(), ImportFault>,
    ) -> Result<(), ImportFault> {
        self.each_row(table, |row| take(document::row(table, row)?))
    }
}

/// Reads a file.
pub(super) fn read_file(path: &Path) -> Result<Export, ImportFault> {
    let export = Export { log_is_missing: foreign::log_is_missing(path), ..Export::default() };
    read(&mut ForeignFile::open(path)?, export, path)
}

/// Reads the tables at an address. `None` if no Pocket ID has any there.
pub(super) fn read_server(address: &PostgresAddress) -> Result<Option<Export>, ImportFault> {
    let Some(mut server) = ForeignServer::open(address)? else {
        return Ok(None);
    };
    let place = address.to_string();
    read(&mut server, Export::default(), Path::new(&place)).map(Some)
}

fn read(source: &mut dyn Source, mut export: Export, path: &Path) -> Result<Export, ImportFault> {
    let names = source.tables()?;
    if !names.iter().any(|name| name == "schema_migrations") {
        let what = "not a database of Pocket ID: it has no table schema_migrations";
        return Err(ImportFault::NotPocketId { path: path.to_owned(), what });
    }
    export.tables.expect_all(&names);
    for name in &names {
        match (name.as_str(), Tables::wanted(name)) {
            ("schema_migrations", _) => export.version = read_version(source)?,
            ("francis_actor_state", _) => export.actors = read_actors(source)?,
            ("storage", _) => read_storage(source, &mut export.uploads)?,
            (_, Some(table)) => {
                source.each_cells(table, &mut |cells| export.tables.push(table, cells))?;
            }
            (name, None) if releases::is_internal(name) => {}
            (name, None) => export.tables.skip(name, source.count(name)?),
        }
    }
    Ok(export)
}

fn each_row(
    source: &mut dyn Source,
    table: &'static str,
    mut take: impl FnMut(PocketIdRow) -> Result<(), ImportFault>,
) -> Result<(), ImportFault> {
    let mut number = 0;
    source.each_cells(table, &mut |cells| {
        number += 1;
        let cells = cells.into_iter().map(|(name, cell)| (name.into(), cell)).collect();
        take(PocketIdRow { table, number, cells })
    })
}

fn read_version(source: &mut dyn Source) -> Result<i64, ImportFault> {
    let mut version = 0;
    each_row(source, "schema_migrations", |row| {
        if row.flag("dirty")? {
            return Err(ImportFault::Dirty);
        }
        version = row.number("version")?;
        Ok(())
    })?;
    Ok(version)
}

fn read_actors(source: &mut dyn Source) -> Result<Actors, ImportFault> {
    let mut actors = Actors::default();
    each_row(source, "francis_actor_state", |row| {
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
fn read_storage(source: &mut dyn Source, uploads: &mut Uploads) -> Result<(), ImportFault> {
    each_row(source, "storage", |row| {
        let path = row.text("path")?;
        let path = path.strip_prefix("uploads/").unwrap_or(path);
        if Uploads::is_wanted(path) { uploads.push(path, row.bytes("data")?) } else { Ok(()) }
    })
}
