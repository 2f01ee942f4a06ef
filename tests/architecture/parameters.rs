//! The parameters of functions.

use super::source::tokens;

/// The names of the functions with a tuple as a parameter, in the order of the file. Closures do not
/// count: they take the items of iterators apart.
pub fn functions_with_tuples(text: &str) -> Vec<String> {
    let tokens = tokens(text);
    let mut names = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        let ["fn", name] = *pair else { continue };
        // `fn(A)` is a type.
        if name == "(" {
            continue;
        }
        let open = at + 2 + length_of_generics(&tokens[at + 2..]);
        if parameters(&tokens[open..]).iter().any(|parameter| is_tuple(parameter)) {
            names.push(name.to_owned());
        }
    }
    names
}

fn length_of_generics(tokens: &[&str]) -> usize {
    if tokens.first() != Some(&"<") {
        return 0;
    }
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        depth += angle(tokens, at, token);
        if depth == 0 {
            return at + 1;
        }
    }
    tokens.len()
}

/// How a token changes the depth of angle brackets. The `>` of an arrow does not.
fn angle(tokens: &[&str], at: usize, token: &str) -> i32 {
    match token {
        "<" => 1,
        ">" if at == 0 || tokens[at - 1] != "-" => -1,
        _ => 0,
    }
}

/// Splits the tokens between the parentheses at the start, at the commas that are not inside of other
/// brackets.
fn parameters<'a>(tokens: &'a [&'a str]) -> Vec<&'a [&'a str]> {
    let mut found = Vec::new();
    let (mut depth, mut begin) = (0, 1);
    for (at, token) in tokens.iter().enumerate() {
        depth += match *token {
            "(" | "[" | "{" => 1,
            ")" | "]" | "}" => -1,
            token => angle(tokens, at, token),
        };
        if depth == 0 || (depth == 1 && *token == ",") {
            found.push(&tokens[begin.min(at)..at]);
            begin = at + 1;
        }
        if depth == 0 {
            break;
        }
    }
    found
}

/// Whether a parameter is taken apart as a tuple, or has the type of one.
fn is_tuple(parameter: &[&str]) -> bool {
    let is_pair = |tokens: &[&str]| {
        let rest: Vec<_> =
            tokens.iter().copied().skip_while(|token| matches!(*token, "&" | "mut")).collect();
        rest.first() == Some(&"(") && parameters(&rest).len() > 1
    };
    let colon = parameter.iter().position(|token| *token == ":");
    is_pair(parameter) || colon.is_some_and(|colon| is_pair(&parameter[colon + 1..]))
}
