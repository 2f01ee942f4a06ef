//! Lists that are printed while they are read: whoever has a hundred thousand of something need not hold them in memory.

use serde::Serialize;

use super::{args::Output, context::Context, error::CliError, page::Page, printable, report::Outcome};

/// A list that is being printed. To a terminal it is printed at the end: a table is as wide as its widest row.
pub struct Rows<'a, const N: usize> {
    ctx: &'a Context,
    table: Vec<[String; N]>,
    has_any: bool,
    /// Whether anybody still reads.
    is_read: bool,
}

impl<'a, const N: usize> Rows<'a, N> {
    /// An empty list.
    pub fn new(ctx: &'a Context) -> Self {
        Self { ctx, table: Vec::new(), has_any: false, is_read: true }
    }

    /// Adds a row. `false` when nobody reads any more.
    pub fn push(
        &mut self,
        cells: impl FnOnce() -> [String; N],
        json: impl FnOnce() -> Result<String, serde_json::Error>,
    ) -> Result<bool, CliError> {
        let report = self.ctx.report();
        match report.output() {
            Output::Json => {
                let json = json().expect("a row is a plain tree of texts and numbers");
                let opening = if self.has_any { ",\n  " } else { "[\n  " };
                let row = printable::json(&json).replace('\n', "\n  ");
                self.is_read = report.stream(&format!("{opening}{row}"))?;
            }
            Output::Text | Output::Env if report.writes_to_terminal() => self.table.push(cells()),
            Output::Text | Output::Env => {
                let cells = cells();
                let cells = cells.each_ref().map(|cell| printable::value(cell));
                self.is_read = report.stream(&(cells.join("\t") + "\n"))?;
            }
        }
        self.has_any = true;
        Ok(self.is_read)
    }

    /// Ends the list. `empty` is what a person is told when there was nothing in it.
    pub fn end(self, header: [&'static str; N], empty: &'static str) -> Result<(), CliError> {
        let report = self.ctx.report();
        match report.output() {
            Output::Json if !self.is_read => Ok(()),
            Output::Json => report.text(if self.has_any { "\n]\n" } else { "[]\n" }),
            Output::Text | Output::Env => report.result(&Table { rows: self.table, header, empty }),
        }
    }
}

/// What is left for a terminal.
struct Table<const N: usize> {
    rows: Vec<[String; N]>,
    header: [&'static str; N],
    empty: &'static str,
}

impl<const N: usize> Serialize for Table<N> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<const N: usize> Outcome for Table<N> {
    fn write_text(&self, page: &mut Page) {
        match self.rows.is_empty() {
            true => page.remark(self.empty),
            false => page.table(self.header, self.rows.clone()),
        }
    }
}
