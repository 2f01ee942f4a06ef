//! Lists with sorting, searching, filtering and paging in the database.
//!
//! Each table family declares its options as a [`List`]. Column names come from there and never
//! from a request; values are bound.

mod condition;
mod query;

pub use condition::FilterKind;
pub(super) use condition::{MAX_LISTED, among, pattern};
pub use query::{ListPage, ListQuery};

use condition::{Bound, Operand, any_of, part};
use query::pages;

use super::{Row, StoreError, Tx, kept_counts::Stamp, value::Bind};

/// The largest page, in rows.
pub const MAX_PAGE: i64 = 100;
/// From this row on a page counts as far.
const FAR: i64 = 1_000;

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
    /// Where PostgreSQL keeps the number of all rows.
    pub(super) changes: Option<Changes>,
}

/// A query for the changes of a table, which triggers note on PostgreSQL: the id of the last one, their
/// number, and the number of rows after them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Changes(pub(super) &'static str);

/// The changes of a table so far.
struct ChangesSoFar {
    stamp: Stamp,
    /// The number of rows after them.
    total: i64,
}

impl Changes {
    fn read(self, tx: &mut Tx<'_>) -> Result<Option<ChangesSoFar>, StoreError> {
        tx.query_opt(self.0, &[], |row| {
            let stamp = Stamp { last: row.get(0)?, changes: row.get(1)? };
            Ok(ChangesSoFar { stamp, total: row.get(2)? })
        })
    }
}

/// A part of the rows, in their order.
#[derive(Debug, Clone, Copy)]
struct Span {
    limit: i64,
    offset: i64,
    /// The number of all rows, if it is known.
    total: Option<i64>,
}

impl Span {
    /// The same rows, counted from the end, if that is nearer.
    fn counted_from_end(self) -> Option<Self> {
        let Self { limit, offset, total } = self;
        let limit = limit.min(total? - offset);
        let after = total? - offset - limit;
        (0 <= after && after < offset).then_some(Self { limit, offset: after, total })
    }
}

impl List {
    /// Reads a page.
    pub fn page<T>(
        &self,
        tx: &mut Tx<'_>,
        fixed: &[&dyn Bind],
        query: &ListQuery,
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<ListPage<T>, StoreError> {
        let limit = query.limit.clamp(1, MAX_PAGE);
        let mut bound = Bound { fixed, added: Vec::new() };
        let mut condition = self.condition(tx, query, &mut bound);
        let total = match self.few_found(tx, query, &bound, &condition)? {
            Some(found) => {
                bound.added.clear();
                condition = self.condition_of(&found, &mut bound);
                i64::try_from(found.len()).unwrap_or(i64::MAX)
            }
            None => self.count(tx, fixed, query)?,
        };
        let page = query.page.clamp(1, pages(total, limit));
        if total == 0 {
            return Ok(ListPage { items: Vec::new(), total, page, limit });
        }
        let sql = self.page_sql(
            query,
            &condition,
            Span { limit, offset: (page - 1) * limit, total: Some(total) },
            &mut bound,
        );
        let items = tx.query_all(&sql, &bound.lend(), read)?;
        Ok(ListPage { items, total, page, limit })
    }

    /// Reads as many rows as `query.limit` from a position on, even beyond [`MAX_PAGE`]. Returns them with
    /// the number of all rows.
    pub fn slice<T>(
        &self,
        tx: &mut Tx<'_>,
        query: &ListQuery,
        offset: i64,
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<(Vec<T>, i64), StoreError> {
        let total = self.count(tx, &[], query)?;
        let limit = query.limit.min(total.saturating_sub(offset));
        if limit <= 0 {
            return Ok((Vec::new(), total));
        }
        let mut bound = Bound { fixed: &[], added: Vec::new() };
        let condition = self.condition(tx, query, &mut bound);
        let span = Span { limit, offset, total: Some(total) };
        let sql = self.page_sql(query, &condition, span, &mut bound);
        Ok((tx.query_all(&sql, &bound.lend(), read)?, total))
    }

    /// Reads the first rows in one statement: as many as `query.limit`, even beyond [`MAX_PAGE`].
    pub fn first<T>(
        &self,
        tx: &mut Tx<'_>,
        fixed: &[&dyn Bind],
        query: &ListQuery,
        read: impl FnMut(&Row<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut bound = Bound { fixed, added: Vec::new() };
        let condition = self.condition(tx, query, &mut bound);
        let all = Span { limit: query.limit, offset: 0, total: None };
        let sql = self.page_sql(query, &condition, all, &mut bound);
        tx.query_all(&sql, &bound.lend(), read)
    }

    /// The statement for a part of the rows. For a far page, an inner statement passes over the rows
    /// before it, or after it if they are fewer: it reads keys only, which an index has.
    fn page_sql(
        &self,
        query: &ListQuery,
        condition: &str,
        span: Span,
        bound: &mut Bound<'_>,
    ) -> String {
        let Self { columns, from, key, .. } = self;
        let order = self.order(query, Way::Forward);
        let is_far = span.offset >= FAR;
        let from_end = span.counted_from_end().filter(|_| is_far);
        let way = if from_end.is_some() { Way::Backward } else { Way::Forward };
        let Span { limit, offset, .. } = from_end.unwrap_or(span);
        let (limit, offset) = (bound.add(limit), bound.add(offset));
        let inner = self.order(query, way);
        let rest = format!("{condition} ORDER BY {inner} LIMIT ?{limit} OFFSET ?{offset}");
        if !is_far {
            format!("SELECT {columns} FROM {from}{rest}")
        } else {
            format!(
                "SELECT {columns} FROM {from} WHERE {key} IN (SELECT {key} FROM {from}{rest}) \
                 ORDER BY {order}"
            )
        }
    }

    /// Counts the rows of all pages, unless their number is known.
    fn count(
        &self,
        tx: &mut Tx<'_>,
        fixed: &[&dyn Bind],
        query: &ListQuery,
    ) -> Result<i64, StoreError> {
        let mut bound = Bound { fixed, added: Vec::new() };
        let condition = self.condition_with(Search::Part, query, &mut bound);
        let sql = format!("SELECT COUNT(*) FROM {}{condition}", self.from);
        let bound = bound.lend();
        let changes = self.changes.filter(|_| tx.is_on_postgres());
        let Some(ChangesSoFar { stamp, total }) = changes.map_or(Ok(None), |it| it.read(tx))?
        else {
            return counted(tx, &sql, &bound);
        };
        if condition.is_empty() {
            return Ok(total);
        }
        let values: Vec<_> = bound.iter().map(|value| value.bind()).collect();
        let what = format!("{sql} {values:?}");
        if let Some(count) = tx.kept_counts().and_then(|counts| counts.get(&what, stamp)) {
            return Ok(count);
        }
        let count = counted(tx, &sql, &bound)?;
        if let Some(counts) = tx.kept_counts() {
            counts.keep(what, stamp, count);
        }
        Ok(count)
    }

    /// The keys of all rows that a search found, if they are few. A search reads each row, so it is
    /// done once, and neither for the count nor for the page again.
    fn few_found(
        &self,
        tx: &mut Tx<'_>,
        query: &ListQuery,
        bound: &Bound<'_>,
        condition: &str,
    ) -> Result<Option<Vec<Operand>>, StoreError> {
        if self.searched(query).is_none() {
            return Ok(None);
        }
        let (key, from) = (self.key, self.from);
        let sql = format!("SELECT {key} FROM {from}{condition} LIMIT {}", MAX_LISTED + 1);
        let keys = tx.query_all(&sql, &bound.lend(), |row| row.get(0))?;
        Ok((keys.len() <= MAX_LISTED).then_some(keys))
    }

    /// A condition for these rows. The condition on all rows stays, since the database rejects a
    /// parameter that no condition uses.
    fn condition_of(&self, keys: &[Operand], bound: &mut Bound<'_>) -> String {
        let all = self.condition.map(|all| format!("{all} AND ")).unwrap_or_default();
        format!(" WHERE {all}{}", any_of(self.key, keys, bound))
    }

    /// The text to search for, if the list can be searched.
    fn searched<'a>(&self, query: &'a ListQuery) -> Option<&'a str> {
        let search = query.search.as_deref().filter(|text| !text.is_empty());
        search.filter(|_| !self.searched.is_empty())
    }

    fn order(&self, query: &ListQuery, way: Way) -> String {
        let wanted = query.sort.as_deref();
        let found = self.sortable.iter().find(|(name, _)| Some(*name) == wanted);
        let is_backward = way == Way::Backward;
        let direction = if query.is_descending == is_backward { "ASC" } else { "DESC" };
        match found {
            Some((_, sql)) if *sql == self.key => format!("{sql} {direction}"),
            Some((_, sql)) => format!("{sql} {direction}, {} {direction}", self.key),
            None if is_backward => reversed(self.order),
            None => self.order.to_owned(),
        }
    }

    fn condition(&self, tx: &Tx<'_>, query: &ListQuery, bound: &mut Bound<'_>) -> String {
        // PostgreSQL finds a pattern, and nothing else, in an index of trigrams.
        let search = if tx.is_on_postgres() { Search::Pattern } else { Search::Part };
        self.condition_with(search, query, bound)
    }

    fn condition_with(&self, how: Search, query: &ListQuery, bound: &mut Bound<'_>) -> String {
        let mut conditions: Vec<String> = self.condition.map(str::to_owned).into_iter().collect();
        // The database rejects a parameter that no condition uses.
        if let Some(search) = self.searched(query) {
            let number = bound.add(match how {
                Search::Part => part(search),
                Search::Pattern => pattern(search),
            });
            let has = |sql: &&str| match how {
                Search::Part => format!("strpos({sql}, ?{number}) > 0"),
                Search::Pattern => format!("{sql} LIKE ?{number} ESCAPE '\\'"),
            };
            let searched: Vec<_> = self.searched.iter().map(has).collect();
            conditions.push(format!("({})", searched.join(" OR ")));
        }
        for (name, values) in &query.filters {
            let found = self.filterable.iter().find(|(known, ..)| known == name);
            if let Some((_, sql, kind)) = found {
                conditions.push(kind.condition(sql, values, bound));
            }
        }
        if conditions.is_empty() {
            String::new()
        } else {
            format!(" WHERE {}", conditions.join(" AND "))
        }
    }
}

/// Runs a query for a number.
fn counted(tx: &mut Tx<'_>, sql: &str, bound: &[&dyn Bind]) -> Result<i64, StoreError> {
    Ok(tx.query_opt(sql, bound, |row| row.get(0))?.unwrap_or(0))
}

/// How a searched text is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Search {
    /// As a part of the column: the quicker way if each row is read.
    Part,
    /// By a pattern.
    Pattern,
}

/// The direction in which the rows before a page are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Forward,
    Backward,
}

/// The opposite of an order. No expression in an order of a list contains a comma.
fn reversed(order: &str) -> String {
    let opposite = |part: &str| match part.strip_suffix(" DESC") {
        Some(expression) => format!("{expression} ASC"),
        None => format!("{} DESC", part.strip_suffix(" ASC").unwrap_or(part)),
    };
    order.split(", ").map(opposite).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_near_the_end_is_counted_from_there() {
        let span = |offset| Span { limit: 20, offset, total: Some(105) }.counted_from_end();
        let rows = |span: Span| (span.limit, span.offset);
        assert_eq!(span(40).map(rows), None);
        assert_eq!(span(60).map(rows), Some((20, 25)));
        assert_eq!(span(100).map(rows), Some((5, 0)), "the last page");
        assert_eq!(reversed("a DESC, b, c ASC"), "a ASC, b DESC, c DESC");
    }

    #[test]
    fn an_empty_list_has_one_page() {
        assert_eq!((pages(0, 20), pages(20, 20), pages(21, 20)), (1, 1, 2));
    }
}
