//! Comparisons that an index of the database answers.

use super::syntax::{Comparison, Literal, ScimFilter};
use crate::scim::AttributePath;

/// A value of which few resources have the same. The resources that an index finds by it still have
/// to match the whole filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// `displayName`
    DisplayName(String),
    /// `emails.value`
    Email(String),
    /// `externalId`
    ExternalId(String),
    /// `id`
    Id(String),
    /// `members.value`
    Member(String),
    /// `userName`
    UserName(String),
}

impl ScimFilter {
    /// A value that all matches have, if there is one: a comparison with `eq` that stands alone, or
    /// beside others with `and`.
    pub fn lookup(&self) -> Option<Lookup> {
        match self {
            Self::And(all) => all.iter().find_map(Self::lookup),
            Self::Compare(path, Comparison::Equal, Literal::Text(text)) => of(path, text),
            Self::Value(path, filter) => {
                let inner = |sub: &str| {
                    let sub = Some(sub.to_owned());
                    AttributePath { name: path.name.clone(), sub }
                };
                filter.equal_texts().into_iter().find_map(|(sub, text)| of(&inner(sub), text))
            }
            _ => None,
        }
    }

    /// The texts that all matches have, with the names of their attributes.
    fn equal_texts(&self) -> Vec<(&str, &str)> {
        match self {
            Self::And(all) => all.iter().flat_map(Self::equal_texts).collect(),
            Self::Compare(path, Comparison::Equal, Literal::Text(text)) if path.sub.is_none() => {
                vec![(&path.name, text)]
            }
            _ => Vec::new(),
        }
    }

    /// The values that a filter lists, such as `value eq "1" or value eq "2"`. `None` if it says
    /// anything else.
    pub fn listed(&self, name: &str) -> Option<Vec<&str>> {
        match self {
            Self::Compare(path, Comparison::Equal, Literal::Text(text)) => {
                path.is(name, None).then(|| vec![text.as_str()])
            }
            Self::Or(all) => {
                let lists: Option<Vec<_>> = all.iter().map(|one| one.listed(name)).collect();
                Some(lists?.into_iter().flatten().collect())
            }
            _ => None,
        }
    }
}

fn of(path: &AttributePath, text: &str) -> Option<Lookup> {
    let text = text.to_owned();
    match (path.name.as_str(), path.sub.as_deref()) {
        ("displayname", None) => Some(Lookup::DisplayName(text)),
        ("emails", None | Some("value")) => Some(Lookup::Email(text)),
        ("externalid", None) => Some(Lookup::ExternalId(text)),
        ("id", None) => Some(Lookup::Id(text)),
        ("members", None | Some("value")) => Some(Lookup::Member(text)),
        ("username", None) => Some(Lookup::UserName(text)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lookup(text: &str) -> Option<Lookup> {
        ScimFilter::parse(text).unwrap().lookup()
    }

    #[test]
    fn what_all_matches_have_is_looked_up() {
        let name = Some(Lookup::UserName("a".to_owned()));
        assert_eq!(lookup(r#"userName eq "a""#), name);
        assert_eq!(lookup(r#"active eq true and (userName eq "a" and name pr)"#), name);
        let email = Some(Lookup::Email("a@b".to_owned()));
        assert_eq!(lookup(r#"emails[type eq "work" and value eq "a@b"]"#), email);
        assert_eq!(lookup(r#"emails.value eq "a@b""#), email);
        for text in [
            r#"userName eq "a" or userName eq "b""#,
            r#"not (userName eq "a")"#,
            r#"userName sw "a""#,
            "active eq true",
            r#"emails[value eq "a@b" or type eq "work"]"#,
        ] {
            assert_eq!(lookup(text), None, "{text}");
        }
    }

    #[test]
    fn listed_values_are_read() {
        let filter =
            ScimFilter::parse(r#"value eq "1" or (value eq "2" or value eq "3")"#).unwrap();
        assert_eq!(filter.listed("value"), Some(vec!["1", "2", "3"]));
        let filter = ScimFilter::parse(r#"value eq "1" or value sw "2""#).unwrap();
        assert_eq!(filter.listed("value"), None);
    }
}
