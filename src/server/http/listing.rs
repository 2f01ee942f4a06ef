//! Lists with paging and sorting (Pocket ID 2.14): nested query parameters in, an envelope out.

use std::cmp::Ordering;

use serde::Serialize;

use super::Response;

const DEFAULT_LIMIT: usize = 20;
const MAX_LIMIT: usize = 100;

/// Which part of a list is wanted, and in which order. What cannot be read is as if it were not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    page: usize,
    limit: usize,
    column: Option<String>,
    is_descending: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Pagination {
    total_pages: usize,
    total_items: usize,
    current_page: usize,
    items_per_page: usize,
}

#[derive(Debug, Serialize)]
struct Envelope<'a, T> {
    data: &'a [T],
    pagination: Pagination,
}

impl Listing {
    /// Reads the query of a request.
    pub fn parse(query: &str) -> Self {
        let value = |name: &str| {
            let mut pairs = form_urlencoded::parse(query.as_bytes());
            pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let number = |name: &str| value(name).and_then(|text| text.parse().ok()).unwrap_or(0);
        let direction = value("sort[direction]");
        Self {
            page: number("pagination[page]").max(1),
            limit: match number("pagination[limit]") {
                0 => DEFAULT_LIMIT,
                limit => limit.min(MAX_LIMIT),
            },
            column: value("sort[column]"),
            is_descending: direction.is_some_and(|way| way.eq_ignore_ascii_case("desc")),
        }
    }

    /// Sorts the items as the function of the wanted column says; as they are when it knows none.
    pub fn sort<T>(
        &self,
        items: &mut [T],
        column: impl Fn(&str) -> Option<fn(&T, &T) -> Ordering>,
    ) {
        if let Some(compare) = self.column.as_deref().and_then(column) {
            items.sort_by(|one, other| match self.is_descending {
                true => compare(other, one),
                false => compare(one, other),
            });
        }
    }

    /// The wanted page; the last one when there are fewer.
    pub fn respond<T: Serialize>(&self, items: &[T]) -> Response {
        let total_pages = items.len().div_ceil(self.limit).max(1);
        let page = self.page.min(total_pages);
        let data = items.chunks(self.limit).nth(page - 1).unwrap_or_default();
        let pagination = Pagination {
            total_pages,
            total_items: items.len(),
            current_page: page,
            items_per_page: self.limit,
        };
        Response::json(&Envelope { data, pagination })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_is_as_if_it_were_not_there() {
        let listing = |query| Listing::parse(query);
        let usual = listing("");
        assert_eq!((usual.page, usual.limit), (1, 20));
        assert_eq!(listing("pagination[page]=0&pagination[limit]=-1"), usual);
        assert_eq!(listing("pagination[page]=x&pagination%5Blimit%5D=x&sort[direction]=up"), usual);
        assert_eq!(listing("pagination%5Blimit%5D=9999").limit, 100);
        assert_eq!(listing("pagination[page]=99999999999999999999").page, 1);
    }
}
