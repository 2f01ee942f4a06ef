//! Escapes untrusted text for a terminal: characters that move the cursor, hide text or control the
//! terminal are written as in `\u{1b}`.

use std::borrow::Cow;

use crate::model::text::is_control;

/// Escapes a text; keeps the line feeds and tabs of this program.
pub fn text(text: &str) -> Cow<'_, str> {
    written_out(text, |c| is_control(c) && !matches!(c, '\n' | '\t'))
}

/// Escapes a table value, which must stay on one line.
pub fn value(text: &str) -> Cow<'_, str> {
    written_out(text, is_control)
}

/// Escapes a JSON document in JSON's own syntax (RFC 8259 §7), which allows some control characters
/// unescaped.
pub fn json(document: &str) -> String {
    let mut out = String::with_capacity(document.len());
    for c in document.chars() {
        if is_control(c) && c != '\n' {
            out.push_str(&format!("\\u{:04x}", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

fn written_out(text: &str, is_bad: fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(is_bad) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        if is_bad(c) { out.extend(c.escape_default()) } else { out.push(c) }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(value("\u{1b}]0;title\u{7}"), "\\u{1b}]0;title\\u{7}");
        assert_eq!(value("a\r\n\tb\u{9b}31m\u{202e}"), "a\\r\\n\\tb\\u{9b}31m\\u{202e}");
        assert_eq!(text("a:\n\tb\rc"), "a:\n\tb\\rc");
    }

    #[test]
    fn json_means_the_same_and_is_as_harmless() {
        let text = "a\u{9b}31m\u{7f}\u{202e}\u{1b}\n🙂";
        let document = json(&serde_json::to_string_pretty(&[text]).unwrap());
        assert!(!document.contains(|c| is_control(c) && c != '\n'), "{document:?}");
        assert_eq!(serde_json::from_str::<[String; 1]>(&document).unwrap(), [text]);
    }

    #[test]
    fn other_text_stays_as_it_is() {
        for plain in ["", "Zoë 中文 🙂 …", "C:\\path"] {
            assert!(matches!(value(plain), Cow::Borrowed(same) if same == plain), "{plain}");
        }
    }
}
