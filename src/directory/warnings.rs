//! Warnings of a sync: skipped entries, with reasons.

/// How many warnings are kept; more are counted.
const MAX_KEPT: usize = 100;

/// The longest part of a name of the directory that is shown, in characters.
const LONGEST_NAME: usize = 120;

/// Skipped entries with reasons: the first ones, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Warnings {
    kept: Vec<String>,
    count: usize,
}

impl Warnings {
    /// Adds a warning. Names in it come from [`shown`].
    pub fn add(&mut self, warning: impl Into<String>) {
        self.count += 1;
        if self.kept.len() < MAX_KEPT {
            self.kept.push(warning.into());
        }
    }

    /// Adds those of another part.
    pub fn append(&mut self, other: Self) {
        let room = MAX_KEPT - self.kept.len();
        self.count += other.count;
        self.kept.extend(other.kept.into_iter().take(room));
    }

    /// The first warnings.
    pub fn kept(&self) -> &[String] {
        &self.kept
    }

    /// How many warnings there are.
    pub fn count(&self) -> usize {
        self.count
    }
}

/// A text of the directory, without control characters and not too long.
pub fn shown(text: &str) -> String {
    let mut chars = text.chars().filter(|c| !crate::model::text::is_control(*c));
    let start: String = chars.by_ref().take(LONGEST_NAME).collect();
    if chars.next().is_some() { format!("{start}…") } else { start }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_bounded_and_counted() {
        let mut warnings = Warnings::default();
        for number in 0..1_000 {
            warnings.add(format!("entry {number}"));
        }
        let mut all = Warnings::default();
        all.add("first");
        all.append(warnings);
        assert_eq!((all.kept().len(), all.count()), (100, 1_001));
        assert_eq!(all.kept()[0], "first");
    }

    #[test]
    fn names_are_shown_without_control_characters() {
        assert_eq!(shown("uid=\u{1b}[31mx\u{202e}\n"), "uid=[31mx");
        assert_eq!(shown(&"x".repeat(500)).chars().count(), 121);
    }
}
