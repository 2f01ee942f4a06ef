//! Finds comments that are hard to read because a clause replaces a noun.

/// Words that begin a clause in the place of a noun, unless the comment is a question.
const OPENERS: &[&str] = &["what", "who", "whoever", "whom", "whose"];
/// Pronouns in the place of a noun.
const PRONOUNS: &[&str] = &["anybody", "nobody", "somebody", "whoever"];
/// The words that follow "what" in such a clause.
const AFTER_WHAT: &[&str] = &[
    "are", "came", "can", "comes", "goes", "had", "has", "is", "it", "may", "must", "nobody",
    "others", "somebody", "stands", "there", "they", "was", "were",
];
/// The words that follow "who" in such a clause.
const AFTER_WHO: &[&str] =
    &["asks", "cannot", "comes", "does", "has", "is", "may", "reads", "signs", "was"];

/// A comment of one or more lines.
#[derive(Debug)]
pub struct Comment {
    /// The number of its first line.
    pub line: usize,
    /// Its text in one line.
    pub text: String,
}

/// The comments of a file. Neighbouring lines with the same marker are one comment.
pub fn comments(code: &str) -> Vec<Comment> {
    let mut comments: Vec<Comment> = Vec::new();
    let mut before = None;
    for (index, line) in code.lines().enumerate() {
        let line = line.trim_start();
        let marker = ["///", "//!", "//"].into_iter().find(|marker| line.starts_with(marker));
        if let Some(marker) = marker {
            let text = line[marker.len()..].trim();
            match comments.last_mut() {
                Some(comment) if before == Some(marker) => {
                    comment.text.push(' ');
                    comment.text.push_str(text);
                }
                _ => comments.push(Comment { line: index + 1, text: text.to_owned() }),
            }
        }
        before = marker;
    }
    comments
}

/// Whether a clause or a pronoun stands in the place of a noun.
pub fn is_riddle(text: &str) -> bool {
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
        .collect();
    let starts_with_name = text.starts_with(char::is_alphabetic);
    let is_opened = starts_with_name && words.first().is_some_and(|word| OPENERS.contains(word));
    (is_opened && !text.ends_with('?'))
        || words.iter().any(|word| PRONOUNS.contains(word))
        || words.windows(2).any(|pair| match pair[0] {
            "what" => AFTER_WHAT.contains(&pair[1]),
            "who" => AFTER_WHO.contains(&pair[1]),
            _ => false,
        })
}
