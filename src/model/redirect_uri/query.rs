//! Queries: the keys and the number of values must be equal; each value is matched by a shell
//! pattern.

use std::collections::BTreeMap;

use super::glob::{GlobStep, consumes};

/// The query of a pattern: the value patterns of each key, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueryGlob(BTreeMap<String, Vec<ValueGlob>>);

impl QueryGlob {
    pub(super) fn new(query: &str) -> Self {
        Self(by_key(query, ValueGlob::new))
    }

    pub(super) fn has_wildcard(&self) -> bool {
        self.0.values().flatten().any(ValueGlob::has_wildcard)
    }

    pub(super) fn matches(&self, query: &str) -> bool {
        let values = by_key(query, |value| decode(value).chars().collect::<Vec<_>>());
        self.0.len() == values.len()
            && self.0.iter().zip(&values).all(|((key, globs), (found, values))| {
                key == found
                    && globs.len() == values.len()
                    && globs.iter().zip(values).all(|(glob, value)| glob.matches(value))
            })
    }
}

/// Collects the values of each key. The order of the keys does not matter.
fn by_key<'a, V>(query: &'a str, value: impl Fn(&'a str) -> V) -> BTreeMap<String, Vec<V>> {
    let mut values: BTreeMap<String, Vec<V>> = BTreeMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, text) = pair.split_once('=').unwrap_or((pair, ""));
        values.entry(decode(key)).or_default().push(value(text));
    }
    values
}

/// Decodes one key or value as form data. It contains no `&`.
pub(super) fn decode(text: &str) -> String {
    form_urlencoded::parse(format!("={text}").as_bytes())
        .next()
        .map(|(_, text)| text.into_owned())
        .unwrap_or_default()
}

/// The pattern of one value: `*`, `?` and `[a-z]` as in a shell, `%2A` for a literal star.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ValueGlob(Vec<GlobStep<Class>>);

/// A matcher for one character of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Class {
    Any,
    Literal(char),
    Set { negated: bool, ranges: Vec<(char, char)> },
}

impl ValueGlob {
    /// Reads a value before decoding it, so that an encoded wildcard is an ordinary character.
    fn new(mut text: &str) -> Self {
        let mut steps = Vec::new();
        while let Some(at) = text.find(['*', '?', '[']) {
            let (literal, special) = text.split_at(at);
            steps.extend(literals(literal));
            let (step, rest) = wildcard(special);
            steps.push(step);
            text = rest;
        }
        steps.extend(literals(text));
        Self(steps)
    }

    fn has_wildcard(&self) -> bool {
        self.0.iter().any(|step| !matches!(step, GlobStep::One(Class::Literal(_))))
    }

    fn matches(&self, value: &[char]) -> bool {
        consumes(&self.0, value, |class, c| class.contains(*c), |c| fits_wildcard(*c))
    }
}

fn literals(text: &str) -> Vec<GlobStep<Class>> {
    decode(text).chars().map(|c| GlobStep::One(Class::Literal(c))).collect()
}

/// Reads the wildcard at the start of `text`. An unclosed bracket is an ordinary character.
fn wildcard(text: &str) -> (GlobStep<Class>, &str) {
    let rest = &text[1..];
    match text.as_bytes()[0] {
        b'*' => (GlobStep::Many, rest),
        b'?' => (GlobStep::One(Class::Any), rest),
        _ => match Class::set(rest) {
            Some((set, rest)) => (GlobStep::One(set), rest),
            None => (GlobStep::One(Class::Literal('[')), rest),
        },
    }
}

impl Class {
    /// Reads a set such as `a-z]`, `^0-9]` or `]x]`, and returns it with the rest of the text.
    fn set(text: &str) -> Option<(Self, &str)> {
        let body = text.strip_prefix(['^', '!']).unwrap_or(text);
        let negated = body.len() < text.len();
        let (end, _) = body.char_indices().skip(1).find(|(_, c)| *c == ']')?;
        let members: Vec<char> = decode(&body[..end]).chars().collect();
        let mut members = members.as_slice();
        let mut ranges = Vec::new();
        while let [first, after @ ..] = members {
            let (last, rest) = match after {
                ['-', last, rest @ ..] => (last, rest),
                rest => (first, rest),
            };
            ranges.push((*first, *last));
            members = rest;
        }
        Some((Self::Set { negated, ranges }, &body[end + 1..]))
    }

    fn contains(&self, c: char) -> bool {
        match self {
            Self::Any => fits_wildcard(c),
            Self::Literal(literal) => *literal == c,
            Self::Set { negated, ranges } => {
                let listed = ranges.iter().any(|(first, last)| (*first..=*last).contains(&c));
                fits_wildcard(c) && listed != *negated
            }
        }
    }
}

/// Whether a wildcard matches a decoded character: not a slash, a backslash or a control character.
fn fits_wildcard(c: char) -> bool {
    !matches!(c, '/' | '\\') && !c.is_control()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_matched_as_in_a_shell() {
        for (pattern, query, expected) in [
            ("a=*", "a=", true),
            ("a=*", "a=x%20y+z", true),
            ("a=*", "a=x/y", false),
            ("a=*", "a=x%2Fy", false),
            ("a=*", "a=x%5Cy", false),
            ("a=*", "a=x%0D%0Ay", false),
            ("a=*", "a=x%00", false),
            ("a=?", "a=x", true),
            ("a=?", "a=%C3%BC", true),
            ("a=?", "a=", false),
            ("a=?", "a=%2F", false),
            ("a=v[0-9]", "a=v7", true),
            ("a=v[0-9]", "a=vx", false),
            ("a=[^0-9]", "a=x", true),
            ("a=[!0-9]", "a=7", false),
            ("a=[^0-9]", "a=%2F", false),
            ("a=[.-9]", "a=%2F", false),
            ("a=[]x]", "a=]", true),
            ("a=[x-]", "a=-", true),
            ("a=[%41-C]", "a=B", true),
            ("a=[abc", "a=[abc", true),
            ("a=[abc", "a=a", false),
            ("a=[]", "a=[]", true),
            ("a=%2A", "a=*", true),
            ("a=%2A", "a=x", false),
            ("a=x%3Ay", "a=x:y", true),
            ("a=/*", "a=/x", true),
        ] {
            assert_eq!(QueryGlob::new(pattern).matches(query), expected, "{pattern} and {query}");
        }
    }

    #[test]
    fn keys_are_compared_literally_and_all_of_them() {
        for (pattern, query, expected) in [
            ("", "", true),
            ("", "&", true),
            ("", "a", false),
            ("a", "a=", true),
            ("a=1", "A=1", false),
            ("*=1", "a=1", false),
            ("a[]=1&a[]=2", "a%5B%5D=1&a%5B%5D=2", true),
            ("a=1&a=2", "a=2&a=1", false),
            ("a=1", "a=1&a=1", false),
            ("a=*", "a=1;b=2", true),
            ("a=*", "a=1%26b=2", true),
            ("a=1&b=2", "b=2&a=1", true),
        ] {
            assert_eq!(QueryGlob::new(pattern).matches(query), expected, "{pattern} and {query}");
        }
    }
}
