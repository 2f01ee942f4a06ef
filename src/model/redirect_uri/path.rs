//! Paths: `*` matches a segment or a part of one, `**` any number of segments.

use super::glob::{Glob, GlobStep, Unit, consumes};

/// The path of a pattern.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PathGlob(Vec<GlobStep<Glob>>);

impl PathGlob {
    /// Reads a path, as normalised by the URL parser.
    pub(super) fn new(path: &str) -> Self {
        let step = |segment| match segment {
            "**" => GlobStep::Many,
            segment => GlobStep::One(Glob::new(segment)),
        };
        Self(path.split('/').map(step).collect())
    }

    pub(super) fn has_wildcard(&self) -> bool {
        self.0.iter().any(|step| match step {
            GlobStep::Many => true,
            GlobStep::One(glob) => glob.has_wildcard(),
        })
    }

    /// Compares the pattern with the normalised path of a URL.
    pub(super) fn matches(&self, path: &str) -> bool {
        let mut segments: Vec<_> = path.split('/').map(Segment::new).collect();
        // `/app/**` includes `/app` and `/app/`. It matches no other empty segment: a server may
        // read `//evil.example` as another address.
        if let Some(last) = segments.last_mut() {
            last.fits_any_depth |= last.units.is_empty();
        }
        consumes(&self.0, &segments, Segment::meets, |segment| segment.fits_any_depth)
    }
}

/// A segment of an input path.
struct Segment {
    units: Vec<Unit>,
    /// Whether a pattern with a wildcard may match it.
    fits_wildcard: bool,
    /// Whether `**` may match it.
    fits_any_depth: bool,
}

impl Segment {
    fn new(text: &str) -> Self {
        let units = Unit::split(text);
        let fits_wildcard = !units.is_empty() && !is_hidden_dot_segment(text);
        let fits_any_depth = fits_wildcard && units.iter().all(|unit| unit.fits_wildcard());
        Self { units, fits_wildcard, fits_any_depth }
    }

    fn meets(glob: &Glob, segment: &Self) -> bool {
        (segment.fits_wildcard || !glob.has_wildcard()) && glob.matches_units(&segment.units)
    }
}

/// Whether a segment is like `..;x`, which some servers read as `..` because they remove path
/// parameters.
///
/// Plain dot segments and `%2e` cannot occur here: the URL parser has resolved them.
fn is_hidden_dot_segment(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".").replace("%3b", ";");
    matches!(plain.split(';').next(), Some("." | ".."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wildcards_take_whole_segments_or_parts_of_one() {
        for (pattern, path, expected) in [
            ("/*", "/a", true),
            ("/*", "/a/b", false),
            ("/*", "/", false),
            ("/a/*", "/a/", false),
            ("/a*", "/a", true),
            ("/a*/c", "/ab/c", true),
            ("/a*c", "/ab/c", false),
            ("/**", "/", true),
            ("/**", "/a/b/", true),
            ("/a/**", "/a", true),
            ("/a/**", "/a/", true),
            ("/a/**", "/ab", false),
            ("/**/c", "/c", true),
            ("/**/c", "/a/b/c", true),
            ("/**/c", "/a/b/cc", false),
            ("/**/b/**/d", "/a/b/b/c/d", true),
            ("/a**", "/ab", true),
            ("/a**", "/ab/c", false),
        ] {
            assert_eq!(PathGlob::new(pattern).matches(path), expected, "{pattern} and {path}");
        }
    }

    #[test]
    fn wildcards_take_neither_empty_segments_nor_hidden_dots() {
        for (pattern, path) in [
            ("/**", "//evil.example"),
            ("/**/c", "//evil.example/c"),
            ("/**", "/a//b"),
            ("/**", "/a//"),
            ("/*/c", "//c"),
            ("/a/**", "/a/..;/admin"),
            ("/a/**", "/a/..;x=1/admin"),
            ("/a/**", "/a/%2e%2E%3Bx/admin"),
            ("/a/*/c", "/a/..;/c"),
            ("/a/.*/c", "/a/..;/c"),
            ("/a/**", "/a/b%2f..%2fadmin"),
            ("/a/**", "/a/%252e%252e%252fadmin"),
        ] {
            assert!(!PathGlob::new(pattern).matches(path), "{pattern} matched {path}");
        }
    }

    #[test]
    fn what_a_wildcard_refuses_can_be_registered_literally() {
        for (pattern, path) in
            [("/a//*", "/a//b"), ("/a%2Fb/*", "/a%2fb/c"), ("/..;/*", "/..;/c"), ("/a/", "/a/")]
        {
            assert!(PathGlob::new(pattern).matches(path), "{pattern} refused {path}");
        }
    }
}
