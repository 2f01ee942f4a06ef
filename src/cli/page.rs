//! Text output: aligned for a terminal, separated by tabs for another program. Values may be
//! untrusted, so their control characters are escaped.

use clap::builder::styling::Style;
use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};

use super::printable;
use crate::model::Timestamp;

/// The table width if the terminal does not report its own.
const WIDTH: u16 = 100;

/// A text result under construction.
#[derive(Debug)]
pub struct Page {
    is_terminal: bool,
    color: bool,
    text: String,
}

impl Page {
    /// An empty page.
    pub fn new(is_terminal: bool, color: bool) -> Self {
        Self { is_terminal, color, text: String::new() }
    }

    /// Whether the output is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Whether colours are allowed.
    pub fn has_color(&self) -> bool {
        self.color
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.text
    }

    /// A timestamp: in a readable form on a terminal, otherwise in RFC 3339.
    pub fn moment(&self, moment: Timestamp) -> String {
        let text = moment.to_string();
        if self.is_terminal { text.replace('T', " ").replace('Z', " UTC") } else { text }
    }

    /// Adds a line.
    pub fn line(&mut self, line: impl AsRef<str>) {
        self.drawing(&printable::text(line.as_ref()));
    }

    /// Adds a line with a styled beginning.
    pub fn styled_line(&mut self, style: Style, styled: &str, rest: &str) {
        let style = if self.color { style } else { Style::new() };
        let (styled, rest) = (printable::value(styled), printable::text(rest));
        self.drawing(&format!("{style}{styled}{style:#}{rest}"));
    }

    /// Adds trusted lines, which may contain colours.
    pub fn drawing(&mut self, lines: &str) {
        self.text.push_str(lines);
        self.text.push('\n');
    }

    /// Adds a line on a terminal only.
    pub fn remark(&mut self, line: impl AsRef<str>) {
        if self.is_terminal {
            self.line(line);
        }
    }

    /// Adds one row per item. For a program the header is left out, so that each line is an item.
    pub fn table<const N: usize>(&mut self, header: [&str; N], rows: Vec<[String; N]>) {
        let rows = rows.into_iter().map(|row| row.map(|cell| printable::value(&cell).into_owned()));
        let rows: Vec<_> = rows.collect();
        if !self.is_terminal {
            rows.iter().for_each(|row| self.line(row.join("\t")));
            return;
        }
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(width_of(&table)).force_no_tty();
        if self.color {
            table.enforce_styling();
        }
        table.set_header(header.map(|name| Cell::new(name).add_attribute(Attribute::Bold)));
        table.add_rows(rows);
        for (index, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if index + 1 < N { 2 } else { 0 }));
        }
        self.drawing(&table.trim_fmt());
    }

    /// Adds the fields of one item. Addresses are never wrapped, so that they can be copied.
    pub fn fields(&mut self, fields: &[(&str, String)]) {
        let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in fields {
            let value = printable::value(value);
            if self.is_terminal {
                let name = format!("{name:width$}");
                self.styled_line(Style::new().bold(), &name, &format!("  {value}"));
            } else {
                self.line(format!("{name}\t{value}"));
            }
        }
    }
}

/// The number of columns of the terminal on standard error.
pub fn width_of_stderr() -> usize {
    width_of(Table::new().use_stderr()).into()
}

/// The width of the terminal. A terminal of unknown size reports 0.
fn width_of(table: &Table) -> u16 {
    table.width().filter(|width| *width > 0).unwrap_or(WIDTH)
}

/// Joins the texts with commas; "none" for an empty list.
pub fn or_none(texts: &[String]) -> String {
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

/// "yes" or "no".
pub fn yes_no(fact: bool) -> String {
    if fact { "yes" } else { "no" }.to_owned()
}
