//! Bounds the memory that parsing a file takes, before it is parsed.
//!
//! The parser reads a whole `[...]` or `{...}` before it tells of its first value, since the
//! collection may turn out to be a key. Until then each token in it takes more than a hundred bytes.
//! The number of values, which is counted as they come, does not bound that: a megabyte of `a:,`
//! takes 250 MB. So the bytes that tokens of a collection need are counted here.

use super::fault::Position;

/// How many indicators a file may have for four values that it may have.
///
/// Each value of a JSON file has a `,`, that of a key has a `:`, and a list or mapping has two
/// brackets: that makes two for each value of usual entries. The rest is for commas in texts. Only
/// files with nearly as many values as are allowed come near to it.
const OF_FOUR_VALUES: usize = 9;

/// The bytes of a byte order mark in UTF-8.
const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];

/// The place where a file has more indicators than so many values need.
pub fn excess(text: &str, max_values: usize) -> Option<Position> {
    let mut left = max_values.saturating_mul(OF_FOUR_VALUES) / 4;
    let mut before =
        Before { byte: b'\n', word: b'\n', is_at_line_start: true, in_directive: false };
    for (at, byte) in text.bytes().enumerate() {
        let rest = &text.as_bytes()[at..];
        before.in_directive =
            !is_break(byte) && (before.in_directive || (byte == b'%' && before.is_at_line_start));
        if before.in_directive || before.begins_document(rest) || before.begins_token(rest) {
            match left.checked_sub(1) {
                Some(fewer) => left = fewer,
                None => return Some(position(until(text, at))),
            }
        }
        // The parser passes over byte order marks (YAML 1.2.2 §5.2) at the start of a line.
        let is_mark = MARK.contains(&byte);
        before.is_at_line_start = is_break(byte) || (before.is_at_line_start && is_mark);
        before.byte = byte;
        if !is_space(byte) {
            before.word = byte;
        }
    }
    None
}

/// The context before a byte.
struct Before {
    byte: u8,
    /// The last byte that is no space.
    word: u8,
    /// Whether nothing but byte order marks stands before it in its line.
    is_at_line_start: bool,
    /// Whether the line is a directive (YAML 1.2.2 §6.8), whose every word may take memory.
    in_directive: bool,
}

impl Before {
    /// Whether a document begins or ends here (YAML 1.2.2 §9.1), which the parser sees in a collection, too.
    fn begins_document(&self, rest: &[u8]) -> bool {
        self.is_at_line_start && (rest.starts_with(b"---") || rest.starts_with(b"..."))
    }

    /// Whether a token may begin or end here (YAML 1.2.2 §5.3, §7.3.3). `-` does not begin one in a
    /// collection.
    fn begins_token(&self, rest: &[u8]) -> bool {
        let after = rest.get(1).copied().unwrap_or(b'\n');
        match rest[0] {
            b',' | b'[' | b']' | b'{' | b'}' => true,
            // In a word it is a part of that, as in an address.
            b':' if ends_key(after) => true,
            b'?' if !ends_key(after) => false,
            b':' | b'?' | b'&' | b'*' | b'!' | b'#' => !self.byte.is_ascii_alphanumeric(),
            // A line after one without quotes goes on with the same token.
            b'\n' | b'\r' => matches!(self.word, b'"' | b'\''),
            _ => false,
        }
    }
}

/// Whether a `:` or `?` before this byte belongs to a key in any case.
fn ends_key(after: u8) -> bool {
    is_space(after) || is_break(after) || matches!(after, b',' | b'[' | b']' | b'{' | b'}')
}

fn is_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// The text before a byte, which may be in the middle of a character: in a directive, each byte counts.
fn until(text: &str, at: usize) -> &str {
    let is_whole = |at: &usize| text.is_char_boundary(*at);
    &text[..(0..=at).rev().find(is_whole).unwrap_or_default()]
}

/// The place after a text.
fn position(before: &str) -> Position {
    let line = before.rsplit('\n').next().unwrap_or_default();
    Position { line: before.split('\n').count(), column: line.chars().count() + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many indicators a text has.
    fn count(text: &str) -> usize {
        let mut rest = ",".repeat(9);
        rest.insert_str(0, text);
        (0..=9).find(|spare| excess(&rest[..rest.len() - spare], 4).is_none()).unwrap()
    }

    #[test]
    fn a_text_has_few_indicators() {
        for (text, most) in [
            ("https://app.example.com:8080/?a=1&b=2#top", 0),
            ("0b7e1c1e-9d8e-4a7b-8a54-4f1e9d3d9a11", 0),
            ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ/+==", 0),
            ("It's 10:30! Is it?\nYes.\n", 0),
            ("a: |\n  One line\n  - and another\n  * one\n", 2),
        ] {
            assert!(count(text) <= most, "{text}: {}", count(text));
        }
    }

    #[test]
    fn directives_and_document_marks_count() {
        assert_eq!(count("%a b\n%\n"), 5);
        assert_eq!(count("a\n---\n...\n"), 2);
        assert_eq!(count("50% --- ... %a\n"), 0, "within a line");
        assert_eq!(count("\u{feff}%a b\n\u{feff}\u{feff}%\n\u{feff}---\n"), 6, "after marks");
    }

    #[test]
    fn the_place_of_the_first_one_too_many_is_told() {
        let place = |line, column| Some(Position { line, column });
        assert_eq!(excess("[,,\n,ö,,,,,,,,\n,", 4), place(2, 8));
        assert_eq!(excess(",,,,,,,,,,\n", 4), place(1, 10));
        assert_eq!(excess(",,,,,,,,,\n", 4), None);
        assert_eq!(excess(&format!("%{}", "é".repeat(9)), 4), place(1, 6));
        assert_eq!(excess(&format!("%%{}", "é".repeat(9)), 4), place(1, 6), "within a character");
    }
}
