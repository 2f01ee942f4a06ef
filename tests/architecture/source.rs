//! The files of `src/`, and the words of a Rust file without its comments and texts.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The files of `src/` by their path in it, sorted.
pub fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    assert!(files.len() > 50, "the source is there");
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(&root).expect("a file of the folder");
            let text = fs::read_to_string(&file).expect("a text");
            (path.to_str().expect("a plain path").to_owned(), text)
        })
        .collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// Splits code into names, `::` and single other characters. Comments, texts and lifetimes are left out.
pub fn tokens(code: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let length = if let Some(length) = skipped(rest) {
            length
        } else {
            let length = length_of_token(rest, first);
            tokens.push(&rest[..length]);
            length
        };
        rest = &rest[length..];
    }
    tokens
}

fn length_of_token(rest: &str, first: char) -> usize {
    if rest.starts_with("::") {
        return 2;
    }
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    if is_name(first) { rest.find(|c| !is_name(c)).unwrap_or(rest.len()) } else { first.len_utf8() }
}

/// The length of a comment, a text, a lifetime or white space at the start of `rest`.
fn skipped(rest: &str) -> Option<usize> {
    let upto = |end: &str, from: usize| {
        rest[from..].find(end).map_or(rest.len(), |position| from + position + end.len())
    };
    if rest.starts_with(char::is_whitespace) {
        return Some(rest.len() - rest.trim_start().len());
    }
    if rest.starts_with("//") {
        return Some(upto("\n", 2));
    }
    if rest.starts_with("/*") {
        return Some(upto("*/", 2));
    }
    let plain = rest.strip_prefix(['b', 'c']).unwrap_or(rest);
    if let Some(raw) = plain.strip_prefix('r')
        && raw.trim_start_matches('#').starts_with('"')
    {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        let start = rest.len() - raw.len() + hashes + 1;
        return Some(upto(&format!("\"{}", "#".repeat(hashes)), start));
    }
    if plain.starts_with('"') {
        return Some(rest.len() - plain.len() + quoted(plain, '"'));
    }
    if plain.starts_with('\'') {
        return Some(rest.len() - plain.len() + character_or_lifetime(plain));
    }
    None
}

/// The length of a quoted text with its quotes.
fn quoted(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (position, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            c if c == quote => return position + 1,
            _ => {}
        }
    }
    text.len()
}

fn character_or_lifetime(text: &str) -> usize {
    let inner = &text[1..];
    let mut following = inner.chars().skip(1);
    if inner.starts_with('\\') || following.next() == Some('\'') {
        quoted(text, '\'')
    } else {
        1 + inner.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(inner.len())
    }
}
