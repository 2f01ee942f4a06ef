//! Lists (Pocket ID 2.14): parses nested query parameters and builds the response envelope. The
//! database filters, sorts and pages.
//!
//! Lists may read many rows, so they wait in a queue, and are read on a separate thread. No number
//! of list requests can occupy the threads that serve all other requests.

use serde::Serialize;

use super::{ApiError, Authorised, Response, acting::Acting};
use crate::store::{
    StoreError, Tx,
    list::{ListPage, ListQuery},
};

/// The maximum number of different filters.
const MAX_FILTERS: usize = 16;

/// The position of a page in its list.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(in crate::server) struct Pagination {
    total_pages: i64,
    total_items: i64,
    current_page: i64,
    items_per_page: i64,
}

/// A page of a list.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "{T}Page"))]
pub(in crate::server) struct Envelope<'a, T> {
    data: &'a [T],
    pagination: Pagination,
}

impl<W: Acting, B> Authorised<W, B> {
    /// Reads a page of a list, as the query of the request says.
    pub(in crate::server) async fn page<T, E>(
        &self,
        read: impl Fn(&mut Tx<'_>, &ListQuery) -> Result<T, E> + Send + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: From<StoreError> + Into<ApiError> + Send + 'static,
    {
        let query = parse(&self.head.query);
        self.read_in_line(move |tx| read(tx, &query)).await
    }

    /// Reads many rows, in the queue for lists.
    pub(in crate::server) async fn read_in_line<T, E>(
        &self,
        read: impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, ApiError>
    where
        T: Send + 'static,
        E: From<StoreError> + Into<ApiError> + Send + 'static,
    {
        let place = self.line_up(self.app.lists())?;
        place.read(self.app.store(), read).await.map_err(Into::into)
    }
}

/// Parses the query of a request. A number that cannot be parsed resets paging to the default and
/// drops all filters. Other invalid parameters are ignored.
fn parse(query: &str) -> ListQuery {
    let mut read = ListQuery::default();
    let mut has_bad_number = false;
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "pagination[page]" => match value.parse() {
                Ok(page) => read.page = page,
                Err(_) => has_bad_number = true,
            },
            "pagination[limit]" => match value.parse::<i64>() {
                Ok(limit) if limit > 0 => read.limit = limit,
                Ok(_) => {}
                Err(_) => has_bad_number = true,
            },
            "sort[column]" => read.sort = Some(value.into_owned()),
            "sort[direction]" => read.is_descending = value.eq_ignore_ascii_case("desc"),
            "search" => read.search = Some(value.into_owned()),
            name => add_filter(&mut read.filters, name, &value),
        }
    }
    if has_bad_number {
        let usual = ListQuery::default();
        return ListQuery { page: usual.page, limit: usual.limit, filters: usual.filters, ..read };
    }
    read
}

/// Adds a filter: `filters[isAdmin]` or `filters[isAdmin][0]`. Values of the same name are
/// alternatives.
fn add_filter(filters: &mut Vec<(String, Vec<String>)>, name: &str, value: &str) {
    let Some((name, _index)) = name.strip_prefix("filters[").and_then(|rest| rest.split_once(']'))
    else {
        return;
    };
    let value = value.trim().to_owned();
    let known = filters.iter().position(|(known, _)| known == name);
    match known {
        Some(place) => filters[place].1.push(value),
        None if filters.len() < MAX_FILTERS => filters.push((name.to_owned(), vec![value])),
        None => {}
    }
}

/// Responds with a page, whose rows are converted by `view`.
pub(in crate::server) fn respond<'p, T, V: Serialize>(
    page: &'p ListPage<T>,
    view: impl FnMut(&'p T) -> V,
) -> Response {
    let pagination = Pagination {
        total_pages: page.pages(),
        total_items: page.total,
        current_page: page.page,
        items_per_page: page.limit,
    };
    let data: Vec<V> = page.items.iter().map(view).collect();
    Response::json(&Envelope { data: &data, pagination })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_as_if_it_were_not_there() {
        let usual = ListQuery::default();
        assert_eq!(parse(""), usual);
        assert_eq!(parse("pagination[limit]=-1&sort[direction]=up&filters[=x&other=1"), usual);
        assert_eq!(parse("pagination[page]=x&filters[isAdmin]=true"), usual);
        assert_eq!(parse("pagination[page]=99999999999999999999"), usual);
    }

    #[test]
    fn values_of_one_filter_are_alternatives() {
        let read = parse("filters%5BisAdmin%5D%5B0%5D=true&filters[isAdmin][1]=%20false");
        let values = vec!["true".to_owned(), "false".to_owned()];
        assert_eq!(read.filters, [("isAdmin".to_owned(), values)]);
    }
}
