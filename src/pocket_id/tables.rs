//! The rows of a source by their tables.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    ImportFault,
    budget::Budget,
    cell::{Cell, PocketIdRow},
    releases::{self, KnownTable, Missing},
};

/// Maximum number of rows in all tables together.
const MAX_ROWS: usize = 5_000_000;
/// Maximum number of unknown tables and columns to report.
const MAX_UNKNOWN: usize = 200;
/// Maximum length of their names, in characters.
const MAX_NAME: usize = 100;

/// The rows that were read.
#[derive(Debug, Default)]
pub(super) struct Tables {
    rows: BTreeMap<&'static str, Vec<PocketIdRow>>,
    count: usize,
    budget: Budget,
    /// Number of short-lived rows, which are not read.
    pub(super) passing: usize,
    /// Tables and columns that no known release has, as they are reported.
    pub(super) unknown: BTreeSet<String>,
    /// Tables, or columns of tables, that every release has and this source does not.
    missing: BTreeSet<(&'static str, Option<&'static str>)>,
}

impl Tables {
    /// Starts empty and counts its rows against the budget.
    pub(super) fn within(budget: &Budget) -> Self {
        Self { budget: budget.clone(), ..Self::default() }
    }

    /// Returns the name of a table if its rows are read.
    pub(super) fn wanted(name: &str) -> Option<&'static str> {
        releases::table(name).map(|known| known.name)
    }

    /// Looks for the tables that every release has among those of a database. Exports have no empty
    /// tables, so nothing follows from their absence there.
    pub(super) fn expect_all(&mut self, names: &[String]) {
        let expected = releases::TABLES.iter().filter(|known| known.is_in_all);
        let missing = expected.filter(|known| names.iter().all(|name| name != known.name));
        self.missing.extend(missing.map(|known| (known.name, None)));
    }

    /// Records a table whose rows are not read.
    pub(super) fn skip(&mut self, name: &str, rows: usize) {
        if releases::is_internal(name) || rows == 0 {
            return;
        }
        if releases::is_passing(name) {
            self.passing += rows;
        } else {
            self.note_unknown("table ", name);
        }
    }

    /// Adds a row to a table.
    pub(super) fn push(
        &mut self,
        table: &'static str,
        cells: BTreeMap<String, Cell>,
    ) -> Result<(), ImportFault> {
        self.count += 1;
        if self.count > MAX_ROWS {
            let (what, limit) = ("the database".to_owned(), format!("{MAX_ROWS} rows"));
            return Err(ImportFault::TooLarge { what, limit });
        }
        let Some(known) = releases::table(table) else { return Ok(()) };
        let missing = known.columns.iter().filter(|column| !cells.contains_key(**column));
        self.missing.extend(missing.map(|column| (table, Some(*column))));
        let number = self.rows(table).len() + 1;
        let row = PocketIdRow { table, number, cells: self.known_cells(known, cells) };
        self.budget.hold(row.size())?;
        self.rows.entry(table).or_default().push(row);
        Ok(())
    }

    /// Keeps the known columns, and adds those that this release does not have and that have a value.
    fn known_cells(
        &mut self,
        known: &'static KnownTable,
        cells: BTreeMap<String, Cell>,
    ) -> Vec<(Cow<'static, str>, Cell)> {
        let added = known.of_some.iter().filter_map(|(column, missing)| match missing {
            Missing::Number(number) if !cells.contains_key(*column) => {
                Some((Cow::Borrowed(*column), Cell::Number(*number)))
            }
            Missing::Number(_) | Missing::Nothing => None,
        });
        let mut kept: Vec<_> = added.collect();
        for (name, cell) in cells {
            let of_some = known.of_some.iter().map(|(column, _)| column);
            match known.columns.iter().chain(of_some).find(|column| **column == name) {
                Some(column) => kept.push((Cow::Borrowed(*column), cell)),
                None if known.unused.contains(&name.as_str()) => {}
                None => self.note_unknown(&format!("{}.", known.name), &name),
            }
        }
        kept
    }

    fn note_unknown(&mut self, kind: &str, name: &str) {
        if self.unknown.len() < MAX_UNKNOWN {
            let name: String = name.chars().take(MAX_NAME).collect();
            self.unknown.insert(format!("{kind}{name}"));
        }
    }

    /// Records the keys of the table `kv` that no known release has.
    pub(super) fn note_unknown_keys(&mut self) -> Result<(), ImportFault> {
        let keys = self.rows("kv").iter().map(|row| Ok(row.text("key")?.to_owned()));
        for key in keys.collect::<Result<Vec<_>, ImportFault>>()? {
            if !releases::is_kv_key(&key) {
                self.note_unknown("kv ", &key);
            }
        }
        Ok(())
    }

    /// Names the tables and columns that every release has and this source does not.
    pub(super) fn missing(&self) -> Vec<String> {
        let told = self.missing.iter().map(|(table, column)| match column {
            Some(column) => format!("{table}.{column}"),
            None => format!("table {table}"),
        });
        told.collect()
    }

    /// The rows of a table.
    pub(super) fn rows(&self, table: &'static str) -> &[PocketIdRow] {
        self.rows.get(table).map(Vec::as_slice).unwrap_or_default()
    }

    /// Removes and returns the rows of a table, which may be most of the data.
    pub(super) fn take(&mut self, table: &'static str) -> Vec<PocketIdRow> {
        self.rows.remove(table).unwrap_or_default()
    }

    /// Returns a value of the table `kv`.
    pub(super) fn kv(&self, key: &str) -> Result<Option<&str>, ImportFault> {
        for row in self.rows("kv") {
            if row.text("key")? == key {
                return row.text_opt("value");
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_unknown_tables_a_few_are_told() {
        let mut tables = Tables::default();
        for number in 0..10 * MAX_UNKNOWN {
            tables.skip(&format!("t{number}"), 1);
        }
        assert_eq!(tables.unknown.len(), MAX_UNKNOWN);
        tables.unknown.clear();
        tables.skip(&"t".repeat(1_000_000), 1);
        assert!(tables.unknown.first().unwrap().len() < 200);
    }

    #[test]
    fn a_database_without_a_table_of_every_release_is_incomplete() {
        let mut tables = Tables::default();
        let mut names: Vec<_> =
            releases::TABLES.iter().map(|known| known.name.to_owned()).collect();
        tables.expect_all(&names);
        assert!(tables.missing().is_empty());
        names.retain(|name| name != "api_keys" && name != "apis");
        tables.expect_all(&names);
        assert_eq!(tables.missing(), ["table api_keys"]);
    }
}
