//! Lists with sorting, searching, filtering and paging in the database.
//!
//! Each table family declares its options as a [`List`]. Column names come from there and never
//! from a request; values are bound.

use std::{collections::BTreeSet, iter::repeat_n};

use super::{Row, StoreError, Tx, value::Bind};

/// The largest page, in rows.
pub const MAX_PAGE: i64 = 100;
/// The most ids in one statement that reads dependent rows.
pub(super) const MAX_LISTED: usize = 100;
/// The most values of a filter: more than a person would select.
const MAX_FILTER_VALUES: usize = 100;
/// The longest search text, in characters.
const MAX_SEARCH: usize = 200;

/// The definition of a list.
#[derive(Debug)]
pub struct List {
    /// The columns to read.
    pub columns: &'static str,
    /// The tables, with their joins.
    pub from: &'static str,
    /// The condition on all rows. Its parameters, from `?1` on, are given with each page.
    pub condition: Option<&'static str>,
    /// The unique column that breaks ties, so that no row is on two pages.
    pub key: &'static str,
    /// The sortable columns: the name in the API, and the expression.
    pub sortable: &'static [(&'static str, &'static str)],
    /// The default order.
    pub order: &'static str,
    /// The filterable columns: the name in the API, the expression, and the kind of values.
    pub filterable: &'static [(&'static str, &'static str, FilterKind)],
    /// The searched expressions, in lower case.
    pub searched: &'static [&'static str],
}

/// The kind of values of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FilterKind {
    /// `true` and `false`.
    Bool,
    /// Texts, compared exactly.
    Text,
    /// Ids.
    Id,
}

/// The options of one request for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListQuery {
    /// The page number, from 1.
    pub page: i64,
    /// Rows per page.
    pub limit: i64,
    /// The name of the column to sort by; unknown names are ignored.
    pub sort: Option<String>,
    /// Whether to sort in descending order.
    pub is_descending: bool,
    /// The text to search for.
    pub search: Option<String>,
    /// Column names with their accepted values; unknown names are ignored.
    pub filters: Vec<(String, Vec<String>)>,
}

impl Default for ListQuery {
    fn default() -> Self {
        Self {
            page: 1,
            limit: 20,
            sort: None,
            is_descending: false,
            search: None,
            filters: Vec::new(),
        }
    }
}

/// A page of a list.
#[derive(Debug)]
pub struct Page<T> {
    /// The rows of the page.
    pub items: Vec<T>,
    /// The number of rows on all pages.
    pub total: i64,
    /// The page number: the last page, if the requested one does not exist.
    pub page: i64,
    /// Rows per page.
    pub limit: i64,
}

impl<T> Page<T> {
    /// The number of pages; 1 for an empty list.
    pub fn pages(&self) -> i64 {
        pages(self.total, self.limit)
    }
}

fn pages(total: i64, limit: i64) -> i64 {
    (total + limit - 1).div_euclid(limit).max(1)
}

impl List {
    /// Reads a page.
    pub fn page<T>(
        &self,
        tx: &mut Tx<'_>,
        fixed: &[&dyn Bind],
        query: &ListQuery,
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Page<T>, StoreError> {
        let mut bound = Bound { fixed, added: Vec::new() };
        let condition = self.condition(query, &mut bound);
        let limit = query.limit.clamp(1, MAX_PAGE);
        let count = format!("SELECT COUNT(*) FROM {}{condition}", self.from);
        let total = tx.query_opt(&count, &bound.lend(), |row| row.get(0))?.unwrap_or(0);
        let page = query.page.clamp(1, pages(total, limit));
        let (columns, from, order) = (self.columns, self.from, self.order(query));
        let (limit_number, offset_number) = (bound.add(limit), bound.add((page - 1) * limit));
        let sql = format!(
            "SELECT {columns} FROM {from}{condition} ORDER BY {order} \
             LIMIT ?{limit_number} OFFSET ?{offset_number}"
        );
        let items = tx.query_all(&sql, &bound.lend(), read)?;
        Ok(Page { items, total, page, limit })
    }

    fn order(&self, query: &ListQuery) -> String {
        let wanted = query.sort.as_deref();
        let found = self.sortable.iter().find(|(name, _)| Some(*name) == wanted);
        let way = if query.is_descending { "DESC" } else { "ASC" };
        match found {
            Some((_, sql)) if *sql == self.key => format!("{sql} {way}"),
            Some((_, sql)) => format!("{sql} {way}, {} {way}", self.key),
            None => self.order.to_owned(),
        }
    }

    fn condition(&self, query: &ListQuery, bound: &mut Bound<'_>) -> String {
        let mut conditions: Vec<String> = self.condition.map(str::to_owned).into_iter().collect();
        let search = query.search.as_deref().filter(|text| !text.is_empty());
        // The database rejects a parameter that no condition uses.
        if let Some(search) = search.filter(|_| !self.searched.is_empty()) {
            let number = bound.add(pattern(search));
            let like = |sql: &&str| format!("{sql} LIKE ?{number} ESCAPE '\\'");
            let searched: Vec<_> = self.searched.iter().map(like).collect();
            conditions.push(format!("({})", searched.join(" OR ")));
        }
        for (name, values) in &query.filters {
            let found = self.filterable.iter().find(|(known, ..)| known == name);
            if let Some((_, sql, kind)) = found {
                conditions.push(kind.condition(sql, values, bound));
            }
        }
        match conditions.is_empty() {
            true => String::new(),
            false => format!(" WHERE {}", conditions.join(" AND ")),
        }
    }
}

impl FilterKind {
    /// A condition for any of the values. Values of another kind match no row. Duplicates are
    /// dropped. The number of parameters is rounded up to a power of two by repeating the last
    /// value: each number makes another statement, which connections keep prepared.
    fn condition(self, sql: &str, values: &[String], bound: &mut Bound<'_>) -> String {
        let values: BTreeSet<&String> = values.iter().take(MAX_FILTER_VALUES).collect();
        let length = values.len().next_power_of_two();
        let values = values.iter().chain(repeat_n(values.last(), length).flatten()).take(length);
        let number = |value: &String| match self {
            Self::Bool => value.parse::<bool>().ok().map(|value| bound.add(value)),
            Self::Text => Some(bound.add(value.clone())),
            Self::Id => uuid::Uuid::parse_str(value).ok().map(|value| bound.add(value)),
        };
        let numbers = values.copied().filter_map(number);
        let numbers: Vec<_> = numbers.map(|number| format!("?{number}")).collect();
        match numbers.is_empty() {
            true => "1 = 0".to_owned(),
            false => format!("{sql} IN ({})", numbers.join(", ")),
        }
    }
}

/// Makes `IN (?1, ?2, ...)` for these ids, and the parameters. There are only two lengths, filled
/// up with the last id: each length makes another statement, which connections keep prepared.
pub(super) fn among<T: Bind>(ids: &[T]) -> (String, Vec<&dyn Bind>) {
    let length = if ids.len() <= MAX_LISTED / 5 { MAX_LISTED / 5 } else { MAX_LISTED };
    let numbers: Vec<_> = (1..=length).map(|number| format!("?{number}")).collect();
    let bound = ids.iter().chain(std::iter::repeat_n(ids.last(), length).flatten());
    let bound = bound.take(length).map(|id| id as &dyn Bind).collect();
    (format!("IN ({})", numbers.join(", ")), bound)
}

/// The `LIKE` pattern of a text anywhere in a value, in lower case.
pub(super) fn pattern(search: &str) -> String {
    let mut pattern = "%".to_owned();
    for c in search.to_lowercase().chars().take(MAX_SEARCH) {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "%"
}

/// The parameters of a statement under construction.
struct Bound<'a> {
    fixed: &'a [&'a dyn Bind],
    added: Vec<Box<dyn Bind>>,
}

impl Bound<'_> {
    /// Adds a parameter. Returns its number.
    fn add(&mut self, value: impl Bind + 'static) -> usize {
        self.added.push(Box::new(value));
        self.fixed.len() + self.added.len()
    }

    fn lend(&self) -> Vec<&dyn Bind> {
        self.fixed.iter().copied().chain(self.added.iter().map(|value| &**value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_search_takes_percent_and_underscore_as_they_are() {
        assert_eq!(pattern("50%_A\\"), "%50\\%\\_a\\\\%");
    }

    #[test]
    fn an_empty_list_has_one_page() {
        assert_eq!((pages(0, 20), pages(20, 20), pages(21, 20)), (1, 1, 2));
    }

    /// Connections to PostgreSQL keep each distinct statement prepared.
    #[test]
    fn filters_make_few_different_statements() {
        let condition = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            let mut bound = Bound { fixed: &[], added: Vec::new() };
            FilterKind::Text.condition("c", &values, &mut bound)
        };
        assert_eq!(condition(&["a"; 16]), condition(&["b"]));
        assert_eq!(condition(&["a", "b", "c"]), condition(&["a", "b", "c", "d"]));
        assert_eq!(condition(&[]), "1 = 0");
    }
}
