//! Wraps lines for a terminal: between words, never within one.

/// Wraps the lines of a text that are longer than `width`. Continuation lines keep the indentation,
/// and align with the text of a list item. Words that do not fit, such as addresses, stay whole.
pub fn at(text: &str, width: usize) -> String {
    text.split('\n').map(|line| at_words(line, width)).collect::<Vec<_>>().join("\n")
}

/// Wraps one line that begins at the column `margin`; what follows is indented to there.
pub fn hanging(line: &str, margin: usize, width: usize) -> String {
    let indented = at_words(&format!("{}{line}", " ".repeat(margin)), width);
    indented.get(margin..).unwrap_or(line).to_owned()
}

/// Wraps a text whose first line begins at the column `start`; the other lines are not indented.
pub fn first_after(text: &str, start: usize, width: usize) -> String {
    // A placeholder keeps the room of the text in front.
    let wrapped = at(&format!("{}{text}", "x".repeat(start)), width);
    wrapped.get(start..).unwrap_or(text).to_owned()
}

/// Joins the lines of each paragraph. Indented lines and list items stay lines of their own.
pub fn joined(text: &str) -> String {
    let mut joined = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        joined.push_str(line);
        let begins_anew = |line: &str| line.is_empty() || line.starts_with([' ', '-']);
        match lines.peek() {
            None => {}
            Some(next) if line.is_empty() || line.starts_with(' ') || begins_anew(next) => {
                joined.push('\n');
            }
            Some(_) => joined.push(' '),
        }
    }
    joined
}

fn at_words(line: &str, width: usize) -> String {
    if line.chars().count() <= width {
        return line.to_owned();
    }
    let text = line.trim_start();
    let margin = line.len() - text.len() + if text.starts_with("- ") { 2 } else { 0 };
    let mut lines = vec![line[..line.len() - text.len()].to_owned()];
    let mut is_first = true;
    for word in text.split(' ') {
        let last = lines.last_mut().expect("it begins with one line");
        let length = last.chars().count() + usize::from(!is_first) + word.chars().count();
        if is_first {
            last.push_str(word);
        } else if length <= width {
            last.push(' ');
            last.push_str(word);
        } else {
            lines.push(" ".repeat(margin) + word);
        }
        is_first = false;
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::{at, first_after, hanging, joined};

    #[test]
    fn paragraphs_flow_and_examples_stay_as_they_are() {
        let text = "One\ntwo.\n\nThree\nfour:\n  a\n  b\n\n- one\n- two";
        assert_eq!(joined(text), "One two.\n\nThree four:\n  a\n  b\n\n- one\n- two");
    }

    #[test]
    fn lines_are_broken_between_words() {
        assert_eq!(at("one two three", 13), "one two three");
        assert_eq!(at("one two three", 12), "one two\nthree");
        assert_eq!(at("one two\n\nthree four", 8), "one two\n\nthree\nfour");
    }

    #[test]
    fn what_follows_is_indented_as_its_line_is() {
        assert_eq!(at("- one two three", 9), "- one two\n  three");
        assert_eq!(at("  one two", 6), "  one\n  two");
    }

    #[test]
    fn what_stands_before_the_text_has_room() {
        assert_eq!(hanging("one two three", 4, 11), "one two\n    three");
        assert_eq!(first_after("one two three", 4, 11), "one two\nthree");
    }

    #[test]
    fn an_address_stays_whole() {
        let address = "https://docs.example.com/a/long/path";
        assert_eq!(at(&format!("See {address} now"), 10), format!("See\n{address}\nnow"));
        assert_eq!(at(address, 10), address);
    }
}
