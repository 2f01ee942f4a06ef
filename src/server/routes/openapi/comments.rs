//! Reads what an operation does from the comment of its handler. So the document needs no texts of
//! its own.

use std::path::Path;

/// A summary, and the whole text.
#[derive(Debug, PartialEq)]
pub(super) struct Comment {
    pub(super) summary: String,
    pub(super) text: String,
}

/// Finds the comment of a function by its path in the code.
pub(super) fn of(handler: &str) -> Comment {
    let mut modules: Vec<_> = handler.split("::").skip(1).collect();
    let function = modules.pop().expect("a path has a last part");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(modules.join("/"));
    let files = [folder.with_extension("rs"), folder.join("mod.rs")];
    let code = files.iter().find_map(|file| std::fs::read_to_string(file).ok());
    let code = code.unwrap_or_else(|| panic!("no file has {handler}"));
    find(&code, function).unwrap_or_else(|| panic!("{handler} has no comment"))
}

fn find(code: &str, function: &str) -> Option<Comment> {
    let lines: Vec<_> = code.lines().collect();
    let call = format!("async fn {function}(");
    let place = lines.iter().position(|line| line.contains(&call))?;
    let before = lines[..place].iter().rev().take_while(|line| line.starts_with("//"));
    let before = before.filter_map(|line| line.strip_prefix("///"));
    let mut comment: Vec<_> = before.map(|line| line.trim()).collect();
    comment.reverse();
    let first = comment.iter().position(|line| line.is_empty()).unwrap_or(comment.len());
    let summary = sentence(&without_method(&comment[..first].join(" ")));
    let text = without_method(&comment.join("\n"));
    (!summary.is_empty()).then_some(Comment { summary, text })
}

/// Removes the method and the path that some comments begin with.
fn without_method(text: &str) -> String {
    let rest = match text.strip_prefix('`').and_then(|text| text.split_once('`')) {
        Some((_, rest)) => rest.strip_prefix(':').map_or(text, str::trim_start),
        None => text,
    };
    let mut chars = rest.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// The first sentence, without its full stop.
fn sentence(text: &str) -> String {
    let end = text.find(". ").unwrap_or(text.len());
    text[..end].trim_end_matches('.').to_owned()
}

#[test]
fn the_comment_above_a_function_is_found() {
    let code = "/// Other.\nasync fn other() {}\n\n/// `GET .../{id}`: shows a thing (RFC 1 §2). It\n\
        /// is small.\n///\n/// More.\npub async fn show(\n";
    let found = find(code, "show").unwrap();
    assert_eq!(found.summary, "Shows a thing (RFC 1 §2)");
    assert_eq!(found.text, "Shows a thing (RFC 1 §2). It\nis small.\n\nMore.");
    assert_eq!(find("async fn show(", "show"), None);
}
