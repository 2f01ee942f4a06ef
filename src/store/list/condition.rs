//! The conditions of a list, and the values that they are compared with.

use std::{collections::BTreeSet, iter::repeat_n};

use super::super::value::{Bind, FromColumn, Value};

/// The most ids in one statement that reads dependent rows.
pub(in crate::store) const MAX_LISTED: usize = 100;
/// The most values of a filter: more than a person would select.
const MAX_FILTER_VALUES: usize = 100;

/// The longest search text, in characters.
const MAX_SEARCH: usize = 200;

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

impl FilterKind {
    /// A condition for any of the values. Values of another kind match no row. Duplicates are
    /// dropped.
    pub(super) fn condition(self, sql: &str, values: &[String], bound: &mut Bound<'_>) -> String {
        let values: BTreeSet<&String> = values.iter().take(MAX_FILTER_VALUES).collect();
        let operand = |value: &String| match self {
            Self::Bool => value.parse().ok().map(Operand::Flag),
            Self::Text => Some(Operand::Text(value.clone())),
            Self::Id => uuid::Uuid::parse_str(value).ok().map(Operand::Id),
        };
        let operands: Vec<_> = values.into_iter().filter_map(operand).collect();
        any_of(sql, &operands, bound)
    }
}

/// A condition for any of the values. The number of parameters is rounded up to a power of two by
/// repeating the last value: each number makes another statement, which connections keep prepared.
pub(super) fn any_of(sql: &str, values: &[Operand], bound: &mut Bound<'_>) -> String {
    let length = values.len().next_power_of_two();
    let padded = values.iter().chain(repeat_n(values.last(), length).flatten()).take(length);
    let numbers: Vec<_> = padded.map(|value| format!("?{}", bound.add(value.clone()))).collect();
    if numbers.is_empty() {
        "1 = 0".to_owned()
    } else {
        format!("{sql} IN ({})", numbers.join(", "))
    }
}

/// Makes `IN (?1, ?2, ...)` for these ids, and the parameters. There are only two lengths, filled
/// up with the last id: each length makes another statement, which connections keep prepared.
pub(in crate::store) fn among<T: Bind>(ids: &[T]) -> (String, Vec<&dyn Bind>) {
    let length = if ids.len() <= MAX_LISTED / 5 { MAX_LISTED / 5 } else { MAX_LISTED };
    let numbers: Vec<_> = (1..=length).map(|number| format!("?{number}")).collect();
    let bound = ids.iter().chain(std::iter::repeat_n(ids.last(), length).flatten());
    let bound = bound.take(length).map(|id| id as &dyn Bind).collect();
    (format!("IN ({})", numbers.join(", ")), bound)
}

/// A value that a column is compared with: a value of a filter, or the key of a row.
#[derive(Debug, Clone)]
pub(super) enum Operand {
    Flag(bool),
    Id(uuid::Uuid),
    Text(String),
}

impl Bind for Operand {
    fn bind(&self) -> Value<'_> {
        match self {
            Self::Flag(flag) => flag.bind(),
            Self::Id(id) => id.bind(),
            Self::Text(text) => text.bind(),
        }
    }
}

impl FromColumn for Operand {
    const EXPECTED: &'static str = "key";

    fn from_column(value: &Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(Self::Text(text.clone().into_owned())),
            value => uuid::Uuid::from_column(value).map(Self::Id),
        }
    }
}

/// A searched text: in lower case, as the searched expressions are, and bounded. PostgreSQL has no texts with
/// NUL, so nothing would be found with it.
pub(super) fn part(search: &str) -> String {
    search.to_lowercase().chars().filter(|c| *c != '\0').take(MAX_SEARCH).collect()
}

/// The `LIKE` pattern of a text anywhere in a value, in lower case.
pub(in crate::store) fn pattern(search: &str) -> String {
    let mut pattern = "%".to_owned();
    for c in part(search).chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern + "%"
}

/// The parameters of a statement under construction.
pub(super) struct Bound<'a> {
    pub(super) fixed: &'a [&'a dyn Bind],
    pub(super) added: Vec<Box<dyn Bind>>,
}

impl Bound<'_> {
    /// Adds a parameter. Returns its number.
    pub(super) fn add(&mut self, value: impl Bind + 'static) -> usize {
        self.added.push(Box::new(value));
        self.fixed.len() + self.added.len()
    }

    pub(super) fn lend(&self) -> Vec<&dyn Bind> {
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
