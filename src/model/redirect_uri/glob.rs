//! Wildcard matching in bounded time, even for hostile patterns and inputs.
//!
//! [`consumes`] is the only algorithm. It works on the characters of a component, on the segments
//! of a path and on the values of a query. It tracks the set of all reached positions instead of
//! backtracking, so its time is always the product of both lengths.

/// One step of a pattern: a matcher for one item, or a wildcard for any number of items.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum GlobStep<M> {
    One(M),
    Many,
}

/// Whether `steps` match all of `items`.
///
/// `one` compares a step with an item; `many` tells which items a wildcard matches.
pub(super) fn consumes<M, I>(
    steps: &[GlobStep<M>],
    items: &[I],
    one: impl Fn(&M, &I) -> bool,
    many: impl Fn(&I) -> bool,
) -> bool {
    // `reached[n]`: the steps so far can match exactly the first `n` items.
    let mut reached = vec![false; items.len() + 1];
    reached[0] = true;
    for step in steps {
        match step {
            GlobStep::Many => {
                for (n, item) in items.iter().enumerate() {
                    reached[n + 1] |= reached[n] && many(item);
                }
            }
            GlobStep::One(matcher) => {
                for (n, item) in items.iter().enumerate().rev() {
                    reached[n + 1] = reached[n] && one(matcher, item);
                }
                reached[0] = false;
            }
        }
    }
    reached[items.len()]
}

/// A byte of a URL component. `%41` and `A` differ, `%2f` and `%2F` do not (RFC 3986 §6.2.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unit {
    Encoded(u8),
    Plain(u8),
}

impl Unit {
    /// Splits a component into units.
    pub(super) fn split(text: &str) -> Vec<Self> {
        let mut units = Vec::with_capacity(text.len());
        let mut bytes = text.as_bytes();
        while let [first, rest @ ..] = bytes {
            let (unit, after) = match triplet(bytes) {
                Some((byte, after)) => (Self::Encoded(byte), after),
                None => (Self::Plain(*first), rest),
            };
            units.push(unit);
            bytes = after;
        }
        units
    }

    /// Whether a wildcard matches it.
    ///
    /// An application that decodes a path before routing would read these bytes as delimiters, or
    /// `%25` as the start of one: `%2e%2e%2f` must not leave a directory.
    pub(super) fn fits_wildcard(self) -> bool {
        let (Self::Encoded(byte) | Self::Plain(byte)) = self;
        !matches!(byte, b'/' | b'\\' | b'%' | b'?' | b'#') && !byte.is_ascii_control()
    }
}

/// Decodes the percent-encoded byte at the start of `bytes`, such as `%2F`, and returns it with the
/// rest.
fn triplet(bytes: &[u8]) -> Option<(u8, &[u8])> {
    match bytes {
        [b'%', high, low, after @ ..] => Some((hex(*high)? << 4 | hex(*low)?, after)),
        _ => None,
    }
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// A pattern for a URL component, in which `*` matches any number of characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Glob(Vec<GlobStep<Unit>>);

impl Glob {
    /// Reads `text`, which must be normalised in the same way as the input.
    pub(super) fn new(text: &str) -> Self {
        let step = |unit| match unit {
            Unit::Plain(b'*') => GlobStep::Many,
            unit => GlobStep::One(unit),
        };
        Self(Unit::split(text).into_iter().map(step).collect())
    }

    pub(super) fn has_wildcard(&self) -> bool {
        self.0.contains(&GlobStep::Many)
    }

    pub(super) fn ends_in_wildcard(&self) -> bool {
        self.0.last() == Some(&GlobStep::Many)
    }

    /// Whether it consists only of wildcards.
    pub(super) fn is_wildcard(&self) -> bool {
        self.has_wildcard() && self.0.iter().all(|step| *step == GlobStep::Many)
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        self.matches_units(&Unit::split(text))
    }

    pub(super) fn matches_units(&self, units: &[Unit]) -> bool {
        consumes(&self.0, units, |expected, unit| expected == unit, |unit| unit.fits_wildcard())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_takes_any_number_of_characters() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "a", false),
            ("*", "", true),
            ("*", "abc", true),
            ("a*", "a", true),
            ("a*c", "abbc", true),
            ("a*c", "abbcd", false),
            ("*a*a*", "aa", true),
            ("*a*a*", "a", false),
            ("a**c", "abc", true),
        ] {
            assert_eq!(Glob::new(pattern).matches(text), expected, "{pattern} and {text}");
        }
    }

    #[test]
    fn an_encoded_delimiter_is_only_matched_by_itself() {
        for hidden in ["%2F", "%2f", "%5c", "%25", "%252F", "%3f", "%23", "%00", "%0d%0a", "%7f"] {
            assert!(!Glob::new("*").matches(hidden), "a wildcard took {hidden}");
            assert!(Glob::new(hidden).matches(&hidden.to_ascii_uppercase()), "{hidden}");
        }
    }

    #[test]
    fn a_wildcard_does_not_split_a_percent_triplet() {
        for (pattern, text) in
            [("*F", "%2F"), ("*2F", "%2F"), ("%2*", "%2F"), ("*", "%2"), ("*", "%")]
        {
            assert!(!Glob::new(pattern).matches(text), "{pattern} and {text}");
        }
    }
}
