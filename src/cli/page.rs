//! Text output: aligned for a terminal, separated by tabs for another program. Values may be
//! untrusted, so their control characters are escaped.

use clap::builder::styling::Style;
use comfy_table::{
    Attribute, Cell, ColumnConstraint, ContentArrangement, Row, Table, Width, presets,
};

use super::{
    column::{Fitted, GAP, TableColumn, fit},
    local_time::{Precision, Zone},
    printable, qr, wrap,
};
use crate::model::Timestamp;

/// The table width if the terminal does not report its own.
const WIDTH: u16 = 100;

/// Where a page is shown.
#[derive(Debug)]
pub enum Screen {
    /// Read by another program.
    Pipe,
    /// Read by a person.
    Terminal(Terminal),
}

/// A terminal.
#[derive(Debug)]
pub struct Terminal {
    /// The number of columns.
    pub width: usize,
    /// The time zone of times.
    pub zone: Zone,
    /// Whether it shows characters beyond ASCII.
    pub has_symbols: bool,
}

/// A text result under construction.
#[derive(Debug)]
pub struct Page {
    screen: Screen,
    color: bool,
    text: String,
}

impl Page {
    /// An empty page.
    pub fn new(screen: Screen, color: bool) -> Self {
        Self { screen, color, text: String::new() }
    }

    /// The terminal, if a person reads the page.
    pub fn terminal(&self) -> Option<&Terminal> {
        match &self.screen {
            Screen::Pipe => None,
            Screen::Terminal(terminal) => Some(terminal),
        }
    }

    /// Whether the output is a terminal.
    pub fn is_terminal(&self) -> bool {
        self.terminal().is_some()
    }

    /// The text.
    pub fn into_text(self) -> String {
        self.text
    }

    /// A time in a sentence: local on a terminal, otherwise in RFC 3339.
    pub fn moment(&self, moment: Timestamp) -> String {
        self.terminal().map_or_else(|| moment.to_string(), |one| one.zone.sentence(moment))
    }

    /// A time in a table.
    pub fn moment_cell(&self, moment: Timestamp) -> String {
        self.cell(moment, Precision::Minutes)
    }

    /// A time in a log.
    pub fn moment_to_the_second(&self, moment: Timestamp) -> String {
        self.cell(moment, Precision::Seconds)
    }

    fn cell(&self, moment: Timestamp, precision: Precision) -> String {
        let shown = |terminal: &Terminal| terminal.zone.cell(moment, precision);
        self.terminal().map_or_else(|| moment.to_string(), shown)
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

    /// Adds styled lines.
    pub fn styled_lines(&mut self, style: Style, text: &str) {
        let style = if self.color { style } else { Style::new() };
        self.drawing(&format!("{style}{}{style:#}", printable::text(text)));
    }

    /// Adds trusted lines, which may contain colours.
    pub fn drawing(&mut self, lines: &str) {
        self.text.push_str(lines);
        self.text.push('\n');
    }

    /// Adds the QR code of a text on a terminal, if it is wide enough.
    pub fn qr_code(&mut self, text: &str) {
        let Some(terminal) = self.terminal() else { return };
        if let Some(code) = qr::draw(text).filter(|code| code.width <= terminal.width) {
            self.drawing(&format!("\n{}", code.drawing));
        }
    }

    /// Adds a sentence on a terminal only.
    pub fn remark(&mut self, line: impl AsRef<str>) {
        if self.is_terminal() {
            self.sentence(line);
        }
    }

    /// Wraps a text that begins at the column `margin`, on a terminal.
    pub fn hanging(&self, text: &str, margin: usize) -> String {
        let text = printable::value(text);
        match self.terminal() {
            Some(terminal) => wrap::hanging(&text, margin, terminal.width),
            None => text.into_owned(),
        }
    }

    /// Adds a sentence. On a terminal it is wrapped between words.
    pub fn sentence(&mut self, text: impl AsRef<str>) {
        let text = printable::text(text.as_ref());
        match self.terminal() {
            Some(terminal) => self.drawing(&wrap::at(&text, terminal.width)),
            None => self.drawing(&text),
        }
    }

    /// Adds one row per item. For a program the header is left out, so that each line is an item.
    /// On a terminal, texts are truncated and columns dropped until the table fits.
    pub fn table<const N: usize>(&mut self, columns: [TableColumn<'_>; N], rows: Vec<[String; N]>) {
        let rows = rows.into_iter().map(|row| row.map(|cell| printable::value(&cell).into_owned()));
        let rows: Vec<_> = rows.collect();
        let Some(width) = self.terminal().map(|terminal| terminal.width) else {
            return rows.iter().for_each(|row| self.line(row.join("\t")));
        };
        let all = grid(columns.map(|column| column.name), &rows);
        let natural: Vec<_> =
            all.column_max_content_widths().into_iter().map(usize::from).collect();
        let Some(fitted) = fit(&columns, &natural, width) else {
            return self.records(&columns, &rows);
        };
        self.drawing(&drawn(&columns, &rows, &fitted, self.color));
        let is_shown = |index: usize| fitted.iter().any(|one| one.index == index);
        let dropped = (0..N).filter(|index| !is_shown(*index)).map(|index| columns[index].name);
        let dropped = dropped.collect::<Vec<_>>().join(", ");
        if !dropped.is_empty() {
            self.sentence(format!("(not shown: {dropped}; -o json has everything)"));
        }
    }

    /// Adds the rows one below the other, for a terminal that is too narrow for a table.
    fn records<const N: usize>(&mut self, columns: &[TableColumn<'_>; N], rows: &[[String; N]]) {
        for (index, row) in rows.iter().enumerate() {
            if index > 0 {
                self.line("");
            }
            let fields = columns.iter().zip(row);
            let fields = fields.filter(|(_, value)| !value.is_empty());
            self.fields(&fields.map(|(one, value)| (one.name, value.clone())).collect::<Vec<_>>());
        }
    }

    /// Adds a block of fields for each item, with an empty line between them. For values of which none may be cut off.
    pub fn blocks<const N: usize>(&mut self, names: &[&str; N], rows: Vec<[String; N]>) {
        for (index, row) in rows.into_iter().enumerate() {
            if index > 0 {
                self.line("");
            }
            let fields = names.iter().copied().zip(row).filter(|(_, value)| !value.is_empty());
            self.fields(&fields.collect::<Vec<_>>());
        }
    }

    /// Adds the fields of one item. On a terminal, long values are wrapped between words; addresses
    /// and ids stay whole, so that they can be copied.
    pub fn fields(&mut self, fields: &[(&str, String)]) {
        let margin = fields.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
        for (name, value) in fields {
            let value = printable::value(value);
            let Some(width) = self.terminal().map(|terminal| terminal.width) else {
                self.line(format!("{name}\t{value}"));
                continue;
            };
            let (name, value) = if has_room(&value, width.saturating_sub(margin + GAP)) {
                let value = wrap::hanging(&value, margin + GAP, width);
                (format!("{name:margin$}"), format!("  {value}"))
            } else {
                ((*name).to_owned(), format!("\n  {}", wrap::hanging(&value, GAP, width)))
            };
            self.styled_line(Style::new().bold(), &name, &value);
        }
    }
}

/// Whether each word fits, so that no id has to be broken.
fn has_room(text: &str, width: usize) -> bool {
    text.split(' ').all(|word| word.chars().count() <= width)
}

/// All cells as a table.
fn grid<const N: usize>(header: [&str; N], rows: &[[String; N]]) -> Table {
    let mut table = Table::new();
    table.force_no_tty().set_header(header);
    table.add_rows(rows.iter().map(|row| row.iter().map(Cell::new).collect::<Vec<_>>()));
    table
}

/// The shown columns, aligned; values that are too long end in `…`.
fn drawn<const N: usize>(
    columns: &[TableColumn<'_>; N],
    rows: &[[String; N]],
    fitted: &[Fitted],
    color: bool,
) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    table.force_no_tty().set_width(u16::MAX);
    if color {
        table.enforce_styling();
    }
    let header = |one: &Fitted| Cell::new(columns[one.index].name).add_attribute(Attribute::Bold);
    table.set_header(fitted.iter().map(header).collect::<Vec<_>>());
    for row in rows {
        let mut cells = Row::from(fitted.iter().map(|one| Cell::new(&row[one.index])));
        cells.max_height(1);
        table.add_row(cells);
    }
    for (column, one) in table.column_iter_mut().zip(fitted) {
        let gap = if fitted.last() == Some(one) { 0 } else { GAP };
        let [width, gap] = [one.width + gap, gap].map(|it| u16::try_from(it).unwrap_or(u16::MAX));
        // No value has this character: it is truncated at the last column, not at a word.
        column.set_padding((0, gap)).set_delimiter('\u{1}');
        column.set_constraint(ColumnConstraint::Absolute(Width::Fixed(width)));
    }
    table.trim_fmt()
}

/// The number of columns of the terminal on standard output.
pub fn width_of_stdout() -> usize {
    width_of(&Table::new()).into()
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

/// The groups that something is open to, in words; `None` when it is open to all users.
pub fn open_to(groups: Option<Vec<&str>>) -> String {
    match groups {
        None => "everyone".to_owned(),
        Some(names) if names.is_empty() => "nobody".to_owned(),
        Some(names) => names.join(", "),
    }
}

/// "yes" or "no".
pub fn yes_no(fact: bool) -> String {
    if fact { "yes" } else { "no" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize) -> Page {
        let terminal = Terminal { width, zone: Zone::utc(), has_symbols: true };
        Page::new(Screen::Terminal(terminal), false)
    }

    fn listed(width: usize) -> String {
        let mut page = page(width);
        let columns = [
            TableColumn::text("NAME"),
            TableColumn::text("NOTE").of_importance(1),
            TableColumn::whole("ID"),
        ];
        let rows = [["a 中文 name of many words", "short", "id-1234567890"], ["b", "", "id-2"]];
        page.table(columns, rows.map(|row| row.map(str::to_owned)).to_vec());
        page.into_text()
    }

    #[test]
    fn a_table_is_aligned_under_its_header() {
        assert_eq!(
            listed(60),
            "NAME                       NOTE   ID\n\
             a 中文 name of many words  short  id-1234567890\n\
             b                                 id-2\n"
        );
    }

    #[test]
    fn long_texts_end_in_an_ellipsis_and_ids_stay_whole() {
        assert_eq!(
            listed(40),
            "NAME                NOTE   ID\n\
             a 中文 name of ma…  short  id-1234567890\n\
             b                          id-2\n"
        );
    }

    #[test]
    fn dropped_columns_are_named() {
        assert_eq!(
            listed(30),
            "NAME             ID\n\
             a 中文 name of…  id-1234567890\n\
             b                id-2\n\
             (not shown: NOTE; -o json has\n\
             everything)\n"
        );
    }

    #[test]
    fn a_terminal_too_narrow_for_the_table_gets_a_record_for_each_row() {
        assert_eq!(
            listed(22),
            "NAME  a 中文 name of\n      many words\nNOTE  short\nID    id-1234567890\n\n\
             NAME  b\nID    id-2\n"
        );
    }

    #[test]
    fn fields_are_wrapped_between_words_and_long_ids_get_a_line_of_their_own() {
        let mut page = page(20);
        page.fields(&[("ID", "0".repeat(36)), ("Groups", "family, friends, staff".to_owned())]);
        let id = "0".repeat(36);
        assert_eq!(
            page.into_text(),
            format!("ID\n  {id}\nGroups  family,\n        friends,\n        staff\n")
        );
    }

    #[test]
    fn a_program_gets_everything_and_utc() {
        let mut page = Page::new(Screen::Pipe, false);
        let moment = page.moment_cell(Timestamp::from_unix(0));
        page.table(
            [TableColumn::text("A"), TableColumn::text("B")],
            vec![["x".repeat(300), moment]],
        );
        assert_eq!(page.into_text(), format!("{}\t1970-01-01T00:00:00Z\n", "x".repeat(300)));
    }
}
