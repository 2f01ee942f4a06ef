//! Text results: aligned for a terminal, bare and separated by tabs for another program. Values may come from
//! anybody, so the control characters in them are written out.

use clap::builder::styling::Style;
use comfy_table::{Attribute, Cell, ContentArrangement, Table, presets};

use super::printable;
use crate::model::Timestamp;

/// How wide a table is when the terminal does not say how wide it is.
const WIDTH: u16 = 100;

/// A text result that is being written.
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

    /// Whether a person reads it.
    pub fn is_terminal(&self) -> bool {
        self.is_terminal
    }

    /// Whether it may be coloured.
    pub fn has_color(&self) -> bool {
        self.color
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.text
    }

    /// A moment: easy on the eye, or RFC 3339.
    pub fn moment(&self, moment: Timestamp) -> String {
        let text = moment.to_string();
        if self.is_terminal { text.replace('T', " ").replace('Z', " UTC") } else { text }
    }

    /// Adds a line.
    pub fn line(&mut self, line: impl AsRef<str>) {
        self.drawing(&printable::text(line.as_ref()));
    }

    /// Adds a line of which the beginning is styled.
    pub fn styled_line(&mut self, style: Style, styled: &str, rest: &str) {
        let style = if self.color { style } else { Style::new() };
        let (styled, rest) = (printable::value(styled), printable::text(rest));
        self.drawing(&format!("{style}{styled}{style:#}{rest}"));
    }

    /// Adds lines that are ours alone, with the colours that are in them.
    pub fn drawing(&mut self, lines: &str) {
        self.text.push_str(lines);
        self.text.push('\n');
    }

    /// Adds a line that is for people only.
    pub fn remark(&mut self, line: impl AsRef<str>) {
        if self.is_terminal {
            self.line(line);
        }
    }

    /// Adds a row for each thing. A program gets no header, so that each of its lines is a thing.
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

    /// Adds what is known of one thing. Addresses are never broken: they are there to be copied.
    pub fn fields(&mut self, fields: &[(&str, String)]) {
        let width = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in fields {
            let value = printable::value(value);
            match self.is_terminal {
                true => {
                    let name = format!("{name:width$}");
                    self.styled_line(Style::new().bold(), &name, &format!("  {value}"));
                }
                false => self.line(format!("{name}\t{value}")),
            }
        }
    }
}

/// How many columns the terminal has that notes are written to.
pub fn width_of_stderr() -> usize {
    width_of(Table::new().use_stderr()).into()
}

/// A terminal that was never told its size says 0.
fn width_of(table: &Table) -> u16 {
    table.width().filter(|width| *width > 0).unwrap_or(WIDTH)
}

/// Words for a list that is empty: what there is none of.
pub fn or_none(texts: &[String]) -> String {
    if texts.is_empty() { "none".to_owned() } else { texts.join(", ") }
}

/// A yes or a no.
pub fn yes_no(fact: bool) -> String {
    if fact { "yes" } else { "no" }.to_owned()
}
