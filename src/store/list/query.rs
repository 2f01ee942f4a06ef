//! The options of a request for a list, and the page that the caller gets.

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

impl ListQuery {
    /// Adds a filter on one value, if one is given.
    #[must_use]
    pub fn only(mut self, column: &str, value: Option<impl ToString>) -> Self {
        self.filters.extend(value.map(|value| (column.to_owned(), vec![value.to_string()])));
        self
    }
}

/// A page of a list.
#[derive(Debug)]
pub struct ListPage<T> {
    /// The rows of the page.
    pub items: Vec<T>,
    /// The number of rows on all pages.
    pub total: i64,
    /// The page number: the last page, if the requested one does not exist.
    pub page: i64,
    /// Rows per page.
    pub limit: i64,
}

impl<T> ListPage<T> {
    /// The number of pages; 1 for an empty list.
    pub fn pages(&self) -> i64 {
        pages(self.total, self.limit)
    }
}

pub(super) fn pages(total: i64, limit: i64) -> i64 {
    (total + limit - 1).div_euclid(limit).max(1)
}
