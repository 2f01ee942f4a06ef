//! The words and texts of a Rust file, with their lines.

/// A piece of code. Comments, lifetimes and characters are left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A string literal, decoded.
    Text(String, usize),
    /// A name, a number, `::`, or any other character.
    Word(String),
}

impl Token {
    /// Whether it is this word.
    pub fn is(&self, word: &str) -> bool {
        matches!(self, Self::Word(it) if it == word)
    }
}

/// Splits code up to its test module, which is the last item of a file.
pub fn tokens(code: &str) -> Vec<Token> {
    let end = code.find("#[cfg(test)]\nmod ").unwrap_or(code.len());
    let code = &code[..end];
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(first) = code[at..].chars().next() {
        let rest = &code[at..];
        let line = || code[..at].matches('\n').count() + 1;
        let hashes =
            rest.strip_prefix('r').map_or(0, |raw| raw.len() - raw.trim_start_matches('#').len());
        at += if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("r\"") || (hashes > 0 && rest[1 + hashes..].starts_with('"')) {
            let start = hashes + 2;
            let close = format!("\"{}", "#".repeat(hashes));
            let length = rest[start..].find(&close).expect("the end of a raw text");
            tokens.push(Token::Text(rest[start..start + length].to_owned(), line()));
            start + length + close.len()
        } else if first == '"' {
            let (text, length) = quoted(rest);
            tokens.push(Token::Text(text, line()));
            length
        } else if first == '\'' {
            character_or_lifetime(rest)
        } else if rest.starts_with("::") {
            tokens.push(Token::Word("::".to_owned()));
            2
        } else if is_name(first) {
            let length = rest.find(|c| !is_name(c)).unwrap_or(rest.len());
            tokens.push(Token::Word(rest[..length].to_owned()));
            length
        } else {
            if !first.is_whitespace() {
                tokens.push(Token::Word(first.to_string()));
            }
            first.len_utf8()
        };
    }
    tokens
}

/// Where what opens at `open` closes.
pub fn close(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        let Token::Word(word) = token else { continue };
        match word.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    panic!("what was opened is never closed");
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A quoted text without its escapes, and its length in the code.
fn quoted(code: &str) -> (String, usize) {
    let mut text = String::new();
    let mut rest = code[1..].chars();
    while let Some(c) = rest.next() {
        match c {
            '"' => return (text, code.len() - rest.as_str().len()),
            '\\' => match rest.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('0') => text.push('\0'),
                Some('\n') => rest = rest.as_str().trim_start().chars(),
                Some(c) => text.push(c),
                None => {}
            },
            c => text.push(c),
        }
    }
    panic!("a text has no end");
}

fn character_or_lifetime(code: &str) -> usize {
    let mut inner = code[1..].chars();
    let (first, second) = (inner.next(), inner.next());
    if first == Some('\\') {
        4 + code[3..].find('\'').expect("the end of a character")
    } else if second == Some('\'') {
        2 + first.map_or(0, char::len_utf8)
    } else {
        1
    }
}
