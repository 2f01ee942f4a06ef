//! Tables of things: sorted, searched, filtered and paged by the address of their page.

use super::{Time, encode};

/// A page of a table.
#[derive(Debug, Clone)]
pub struct PageTable {
    /// The name of the table, under which a browser remembers its columns.
    pub name: &'static str,
    /// The columns to choose from.
    pub choices: Vec<ColumnChoice>,
    /// The columns that are shown.
    pub columns: Vec<PageColumn>,
    pub rows: Vec<TableRow>,
    pub filters: Vec<TableFilter>,
    pub address: TableAddress,
    /// Whether the list can be searched.
    pub is_searchable: bool,
    /// The number of rows on all pages.
    pub total: i64,
    pub page: i64,
    pub pages: i64,
    pub limit: i64,
    /// The key of the text that stands in place of an empty table.
    pub empty: &'static str,
}

/// The columns that a table can have.
#[derive(Debug, Clone, Copy)]
pub struct TableColumns {
    /// The name of the table, in the cookie with the chosen columns.
    pub name: &'static str,
    /// The columns, in their order. The first one is always shown.
    pub all: &'static [PageColumn],
}

impl TableColumns {
    /// Whether each column is shown. `chosen` is the value of the cookie: the keys of the labels of
    /// the shown columns, separated by `~`. Without it, the usual ones are shown.
    pub(in crate::server) fn shown(&self, chosen: Option<&str>) -> Vec<bool> {
        let is_chosen = |column: &PageColumn| match chosen {
            Some(labels) => labels.split('~').any(|label| label == column.label),
            None => !column.is_extra,
        };
        let first = std::iter::once(true);
        first.chain(self.all.iter().skip(1).map(is_chosen)).collect()
    }
}

/// A column to show or not.
#[derive(Debug, Clone, Copy)]
pub struct ColumnChoice {
    /// The key of its label.
    pub label: &'static str,
    pub is_shown: bool,
}

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct PageColumn {
    /// The key of its label.
    pub label: &'static str,
    /// The name of the column in the list, if it can be sorted by it.
    pub sort: Option<&'static str>,
    /// Whether it is shown only to who chose it.
    pub is_extra: bool,
}

impl PageColumn {
    /// A column that the table can be sorted by.
    pub const fn sorted(label: &'static str, sort: &'static str) -> Self {
        Self { label, sort: Some(sort), is_extra: false }
    }

    /// A column without an order.
    pub const fn plain(label: &'static str) -> Self {
        Self { label, sort: None, is_extra: false }
    }

    /// Hides the column until it is chosen.
    pub const fn extra(self) -> Self {
        Self { is_extra: true, ..self }
    }
}

/// A row.
#[derive(Debug, Clone, Default)]
pub struct TableRow {
    /// The page about it, which its first cell leads to.
    pub href: Option<String>,
    /// The picture in front of its first cell.
    pub picture: Option<String>,
    pub cells: Vec<TableCell>,
    pub actions: Vec<RowAction>,
}

impl TableRow {
    /// The row with the cells of the shown columns only.
    pub(in crate::server) fn narrowed(self, shown: &[bool]) -> Self {
        Self { cells: only(self.cells, shown), ..self }
    }
}

/// The columns, or their cells, that are shown.
pub fn only<T>(all: Vec<T>, shown: &[bool]) -> Vec<T> {
    let each = all.into_iter().zip(shown);
    each.filter_map(|(one, is_shown)| is_shown.then_some(one)).collect()
}

/// The content of a cell.
#[derive(Debug, Clone)]
pub enum TableCell {
    Text(String),
    /// Something to be read letter by letter.
    Code(String),
    Time(Option<Time>),
    Badges(Vec<Badge>),
}

impl TableCell {
    /// The text of a first cell.
    pub(super) fn plain(&self) -> &str {
        match self {
            Self::Text(text) | Self::Code(text) => text,
            Self::Time(Some(time)) => &time.text,
            Self::Time(None) | Self::Badges(_) => "",
        }
    }
}

/// A word that stands out.
#[derive(Debug, Clone)]
pub struct Badge {
    pub text: String,
    pub tone: Tone,
}

/// The meaning of a badge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Bad,
}

impl Tone {
    pub(super) fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Good => " good",
            Self::Bad => " bad",
        }
    }
}

/// A button in a row: a call of the API after a question.
#[derive(Debug, Clone, Default)]
pub struct RowAction {
    pub label: String,
    /// The label with the name of the row, for people who do not see the row.
    pub name: String,
    /// The method and the path.
    pub send: String,
    /// The JSON of the body.
    pub body: Option<String>,
    /// The list of ids to leave one out of, which is then sent: the path of the object, the field
    /// with the list, the field of the body, and the id.
    pub without: Option<String>,
    /// A text to copy, in place of a call.
    pub copy: Option<String>,
    /// The question, and what the answer "yes" will do.
    pub ask: Option<Question>,
    /// The message after success.
    pub said: String,
    /// The id of the dialog that shows the answer.
    pub then: Option<&'static str>,
    pub is_dangerous: bool,
}

/// A question before something that cannot be undone.
#[derive(Debug, Clone)]
pub struct Question {
    pub title: String,
    pub text: String,
}

/// A filter: a choice of values.
#[derive(Debug, Clone)]
pub struct TableFilter {
    /// The name of the column in the list.
    pub name: &'static str,
    /// The key of its label.
    pub label: &'static str,
    /// The values and their texts.
    pub choices: Vec<(String, String)>,
    /// The chosen value.
    pub chosen: Option<String>,
}

impl TableFilter {
    /// The name of the parameter, as the REST API has it.
    pub(super) fn parameter(&self) -> String {
        format!("filters[{}]", self.name)
    }

    pub(super) fn is_chosen(&self, value: &str) -> bool {
        self.chosen.as_deref() == Some(value)
    }
}

/// The address of a table: its path, and the parameters of the list, which are those of the REST
/// API.
#[derive(Debug, Clone)]
pub struct TableAddress {
    pub(super) path: String,
    parameters: Vec<(String, String)>,
}

/// The numbers of rows a page can have.
pub const LIMITS: &[i64] = &[20, 50, 100];

/// The parameters of a list.
const SEARCH: &str = "search";
const PAGE: &str = "pagination[page]";
pub const LIMIT: &str = "pagination[limit]";
const SORT: &str = "sort[column]";
const DIRECTION: &str = "sort[direction]";

impl TableAddress {
    /// Reads the parameters from the query of a request.
    pub fn new(path: &str, query: &str) -> Self {
        let parameters = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        Self { path: path.to_owned(), parameters }
    }

    /// The value of a parameter.
    pub fn value(&self, name: &str) -> Option<&str> {
        let mut found = self.parameters.iter().filter(|(known, _)| known == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// The value of a filter.
    fn filter(&self, name: &str) -> Option<&str> {
        self.value(&format!("filters[{name}]")).filter(|value| !value.is_empty())
    }

    pub(super) fn search(&self) -> &str {
        self.value(SEARCH).unwrap_or_default()
    }

    /// The address with some parameters replaced, and from the first page on.
    pub(super) fn with(&self, replaced: &[(&str, &str)]) -> String {
        let is_kept = |name: &str| name != PAGE && replaced.iter().all(|(other, _)| *other != name);
        let kept = self.parameters.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let all = kept.filter(|(name, value)| is_kept(name) && !value.is_empty());
        let pairs: Vec<_> = all
            .chain(replaced.iter().copied())
            .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
            .collect();
        if pairs.is_empty() {
            self.path.clone()
        } else {
            format!("{}?{}", self.path, pairs.join("&"))
        }
    }

    /// The parameters that a form for search and filters has to keep.
    pub(super) fn kept_by_form(&self) -> Vec<(&str, &str)> {
        let kept = [LIMIT, SORT, DIRECTION, "tab"];
        kept.iter().filter_map(|name| Some((*name, self.value(name)?))).collect()
    }
}

impl PageTable {
    /// A filter of this table, with values and their texts.
    pub fn filter(
        &self,
        name: &'static str,
        label: &'static str,
        choices: Vec<(String, String)>,
    ) -> TableFilter {
        let chosen = self.address.filter(name).map(str::to_owned);
        TableFilter { name, label, choices, chosen }
    }

    /// Whether nothing is listed although nothing was searched for.
    pub(super) fn is_empty(&self) -> bool {
        let is_narrowed = !self.address.search().is_empty()
            || self.filters.iter().any(|filter| filter.chosen.is_some());
        self.total == 0 && !is_narrowed
    }

    /// Whether any row has buttons.
    pub(super) fn has_actions(&self) -> bool {
        self.rows.iter().any(|row| !row.actions.is_empty())
    }

    /// The way in which the table is sorted by a column: the value of `aria-sort`.
    pub(super) fn order(&self, column: &PageColumn) -> Option<&'static str> {
        let is_sorted = column.sort.is_some() && column.sort == self.address.value(SORT);
        let is_descending = self.address.value(DIRECTION) == Some("desc");
        is_sorted.then_some(if is_descending { "descending" } else { "ascending" })
    }

    pub(super) fn arrow(&self, column: &PageColumn) -> &'static str {
        if self.order(column) == Some("descending") { "\u{2193}" } else { "\u{2191}" }
    }

    /// The address of the table sorted by a column: the other way round if it already is.
    pub(super) fn sorted_by(&self, column: &PageColumn) -> String {
        let direction = if self.order(column) == Some("ascending") { "desc" } else { "asc" };
        self.address.with(&[(SORT, column.sort.unwrap_or_default()), (DIRECTION, direction)])
    }

    pub(super) fn at_page(&self, page: &i64) -> String {
        self.address.with(&[(PAGE, &page.to_string())])
    }

    pub(super) fn previous(&self) -> Option<String> {
        (self.page > 1).then(|| self.at_page(&(self.page - 1)))
    }

    pub(super) fn next(&self) -> Option<String> {
        (self.page < self.pages).then(|| self.at_page(&(self.page + 1)))
    }

    pub(super) fn limited_to(&self, limit: &i64) -> String {
        self.address.with(&[(LIMIT, &limit.to_string())])
    }

    pub(super) fn limits(&self) -> &'static [i64] {
        LIMITS
    }

    /// The numbers of the first and the last row of this page.
    pub(super) fn range(&self) -> String {
        let first = (self.page - 1) * self.limit + 1;
        let last = (self.page * self.limit).min(self.total);
        format!("{first}\u{2013}{last}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(query: &str) -> PageTable {
        PageTable {
            name: "x",
            choices: vec![],
            columns: vec![],
            rows: vec![],
            filters: vec![],
            address: TableAddress::new("/x", query),
            is_searchable: true,
            total: 45,
            page: 2,
            pages: 3,
            limit: 20,
            empty: "",
        }
    }

    #[test]
    fn a_column_is_sorted_upwards_first_and_then_the_other_way() {
        let name = PageColumn::sorted("", "name");
        let up = "/x?sort%5Bcolumn%5D=name&sort%5Bdirection%5D=asc";
        assert_eq!(table("").sorted_by(&name), up);
        let sorted = table("sort[column]=name&sort[direction]=asc");
        assert_eq!(sorted.order(&name), Some("ascending"));
        assert!(sorted.sorted_by(&name).ends_with("=desc"));
    }

    #[test]
    fn a_browser_remembers_the_columns_and_the_first_is_always_shown() {
        const COLUMNS: TableColumns = TableColumns {
            name: "x",
            all: &[
                PageColumn::plain("name"),
                PageColumn::plain("email"),
                PageColumn::plain("id").extra(),
            ],
        };
        assert_eq!(COLUMNS.shown(None), [true, true, false]);
        assert_eq!(COLUMNS.shown(Some("id~unknown")), [true, false, true]);
        assert_eq!(COLUMNS.shown(Some("")), [true, false, false]);
    }

    #[test]
    fn a_link_keeps_the_search_and_leaves_the_page() {
        let table = table("search=a%26b&pagination[page]=2&filters[isAdmin]=");
        assert_eq!(table.limited_to(&50), "/x?search=a%26b&pagination%5Blimit%5D=50");
        assert_eq!(table.at_page(&3), "/x?search=a%26b&pagination%5Bpage%5D=3");
        assert_eq!(table.range(), "21\u{2013}40");
    }
}
