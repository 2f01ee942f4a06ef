//! The types that files define.

use super::source::tokens;

/// The names of the types that other modules can reach, in the order of the file.
///
/// The arguments of a command do not count: they are named after their verb, and every use names the noun, too.
/// Test modules do not count either.
pub fn public_types(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let end = start_of_tests(&tokens);
    let tokens = &tokens[..end];
    let mut names = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        if !matches!(*token, "struct" | "enum" | "trait" | "type" | "union") {
            continue;
        }
        if let Some(start) = start_of_visibility(&tokens[..at])
            && !is_argument(&tokens[..start])
            // A macro takes the name as an argument.
            && tokens[at + 1] != "$"
        {
            names.push(tokens[at + 1].to_owned());
        }
    }
    names
}

/// Where `#[cfg(test)] mod` begins; a test module is the last item of its file.
fn start_of_tests(tokens: &[&str]) -> usize {
    let attribute = ["#", "[", "cfg", "(", "test", ")", "]", "mod"];
    tokens.windows(attribute.len()).position(|some| some == attribute).unwrap_or(tokens.len())
}

/// Where the `pub` or `pub(...)` at the end begins.
fn start_of_visibility(before: &[&str]) -> Option<usize> {
    let last = before.last()?;
    let start = match *last {
        "pub" => before.len() - 1,
        ")" => before.iter().rposition(|token| *token == "(")?.checked_sub(1)?,
        _ => return None,
    };
    (before[start] == "pub").then_some(start)
}

/// Whether an attribute at the end derives a trait of `clap`.
fn is_argument(before: &[&str]) -> bool {
    let mut rest = before;
    while rest.last() == Some(&"]") {
        let Some(start) = start_of_attribute(rest) else { return false };
        if rest[start..].contains(&"derive") && rest[start..].contains(&"clap") {
            return true;
        }
        rest = &rest[..start];
    }
    false
}

/// Where the `#[...]` at the end begins.
fn start_of_attribute(tokens: &[&str]) -> Option<usize> {
    let mut depth = 0_u32;
    let open = tokens.iter().rposition(|token| {
        match *token {
            "]" => depth += 1,
            "[" => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    open.checked_sub(1).filter(|start| tokens[*start] == "#")
}
