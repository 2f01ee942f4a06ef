//! Requests for lists (RFC 7644 §3.4.2, §3.4.3).

use serde_json::Value;

use super::{Projection, ScimFault, ScimFilter, patch::field};

/// How many resources a page has when the request does not say.
const USUAL: usize = 100;
/// The most resources of a page.
pub const MAX_RESULTS: usize = 200;

/// A request for a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListRequest {
    /// Only those that match.
    pub filter: Option<ScimFilter>,
    /// The position of the first one, from 0.
    pub offset: usize,
    /// How many at most.
    pub count: usize,
    /// Which attributes.
    pub projection: Projection,
}

impl ListRequest {
    /// Reads the query of a `GET`. Sorting is not supported, and its parameters are ignored
    /// (RFC 7644 §3.4.2.3).
    pub fn of_query(query: &[(String, String)]) -> Result<Self, ScimFault> {
        let get = |name: &str| {
            let mut found = query.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
            found.next().map(|(_, value)| value.as_str())
        };
        let number = |name: &str| {
            let read = |text: &str| text.trim().parse().map_err(|_| not_a_number(name));
            get(name).map(read).transpose()
        };
        Ok(Self {
            filter: get("filter").map(ScimFilter::parse).transpose()?,
            offset: offset(number("startIndex")?),
            count: count(number("count")?),
            projection: projection_of_query(query),
        })
    }

    /// Reads the body of `POST .../.search`.
    pub fn of_search(body: &Value) -> Result<Self, ScimFault> {
        if !body.is_object() {
            return Err(ScimFault::syntax("The body is an object."));
        }
        let number = |name: &str| match field(body, name) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| not_a_number(name)),
        };
        let names = |name: &str| {
            let list = field(body, name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(Value::as_str).collect::<Vec<_>>()
        };
        let filter = match field(body, "filter") {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(ScimFilter::parse(text)?),
            Some(_) => return Err(ScimFault::syntax("filter is a text.")),
        };
        Ok(Self {
            filter,
            offset: offset(number("startIndex")?),
            count: count(number("count")?),
            projection: Projection::new(names("attributes"), names("excludedAttributes")),
        })
    }
}

/// The attributes that a query asks for.
pub fn projection_of_query(query: &[(String, String)]) -> Projection {
    let names = |name: &str| {
        let found = query.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        found.flat_map(|(_, value)| value.split(',')).collect::<Vec<_>>()
    };
    Projection::new(names("attributes"), names("excludedAttributes"))
}

/// RFC 7644 §3.4.2.4: a value less than 1 means 1.
fn offset(start_index: Option<i64>) -> usize {
    usize::try_from(start_index.unwrap_or(1).saturating_sub(1)).unwrap_or(0)
}

/// RFC 7644 §3.4.2.4: a negative value means 0.
fn count(asked: Option<i64>) -> usize {
    asked.map_or(USUAL, |count| usize::try_from(count).unwrap_or(0)).min(MAX_RESULTS)
}

fn not_a_number(name: &str) -> ScimFault {
    ScimFault::value(format!("{name} is a whole number."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(query: &[(&str, &str)]) -> Result<(usize, usize), ScimFault> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let query: Vec<_> = query.iter().map(owned).collect();
        ListRequest::of_query(&query).map(|request| (request.offset, request.count))
    }

    #[test]
    fn a_page_is_within_bounds() {
        assert_eq!(read(&[]), Ok((0, 100)));
        assert_eq!(read(&[("startIndex", "0"), ("count", "-5")]), Ok((0, 0)));
        assert_eq!(read(&[("STARTINDEX", "11"), ("count", "1000000")]), Ok((10, 200)));
        assert_eq!(read(&[("startIndex", "-9223372036854775808")]), Ok((0, 100)));
        assert!(read(&[("count", "many")]).is_err());
        assert!(read(&[("filter", "x")]).is_err());
        let search = ListRequest::of_search(&json!({"startIndex": 3, "count": 2})).unwrap();
        assert_eq!((search.offset, search.count), (2, 2));
        assert!(ListRequest::of_search(&json!({"count": "2"})).is_err());
        assert!(ListRequest::of_search(&json!([])).is_err());
    }
}
