//! Reads the variables like each reader, and compares the values with the recipe's.

use std::process::Command;

use super::super::reader::RecipeReader;

/// Reads like `docker run --env-file` (`opts/envfile.go` of its command line): blanks before the
/// name are removed, lines that begin with `#` are comments, and everything after the first `=` is
/// the value, including quotes.
pub fn docker_values(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('=')).map(|(_, value)| value.to_owned()).collect()
}

/// Reads like `env_file` of Compose: quotes around a value are removed, ` #` begins a comment
/// outside of quotes, and `$` a variable, except in single quotes.
fn compose_values(text: &str) -> Vec<String> {
    let values = text.lines().map(|line| line.split_once('=').expect("NAME=value").1);
    let read = |value: &str| {
        let within = |quote: char| value.strip_prefix(quote)?.strip_suffix(quote);
        if let Some(value) = within('\'') {
            return value.to_owned();
        }
        assert!(!value.contains('$'), "{value} has a variable");
        match within('"') {
            Some(value) => value.to_owned(),
            None => value.split(" #").next().unwrap_or_default().trim().to_owned(),
        }
    };
    values.map(read).collect()
}

/// Reads like the libraries for `.env` files.
fn dotenv_values(text: &str) -> Vec<String> {
    let pairs = dotenvy::from_read_iter(text.as_bytes());
    pairs.map(|pair| pair.expect("dotenvy reads the line").1).collect()
}

/// Reads like `set -a; . ./file` in a shell.
fn shell_values(text: &str) -> Vec<String> {
    let names: Vec<_> = text.lines().filter_map(|line| line.split_once('=')).collect();
    let printed: String =
        names.iter().map(|(name, _)| format!("printf '%s\\n' \"${name}\"\n")).collect();
    let script = format!("set -eu\nset -a\n{text}\nset +a\n{printed}");
    let ran = Command::new("sh").arg("-c").arg(script).env_clear().output().expect("sh");
    assert!(ran.status.success(), "{}: {text}", String::from_utf8_lossy(&ran.stderr));
    String::from_utf8(ran.stdout).expect("text").lines().map(str::to_owned).collect()
}

/// The values that all programs of this reader agree on.
pub fn agreed_values(name: &str, reader: RecipeReader, text: &str) -> Vec<String> {
    let values = match reader {
        RecipeReader::Docker => docker_values(text),
        RecipeReader::Dotenv => {
            let values = dotenv_values(text);
            assert_eq!(shell_values(text), values, "{name}: a shell");
            values
        }
    };
    assert_eq!(compose_values(text), values, "{name}: Compose");
    values
}

fn written(reader: RecipeReader, value: &str) -> Option<String> {
    reader.write(&format!("A={value}")).ok().map(|line| line["A=".len()..].to_owned())
}

#[test]
fn a_value_is_quoted_for_its_reader_and_only_where_it_must_be() {
    for (value, docker, dotenv) in [
        (
            "https://a.example.com/x",
            Some("https://a.example.com/x"),
            Some("https://a.example.com/x"),
        ),
        ("a b", Some("a b"), Some("\"a b\"")),
        ("{\"a\":\"b\"}", Some("{\"a\":\"b\"}"), Some("'{\"a\":\"b\"}'")),
        ("a && 'b'", Some("a && 'b'"), Some("\"a && 'b'\"")),
        ("\"a\"", None, Some("'\"a\"'")),
        ("a$b", None, Some("'a$b'")),
        ("a #b", None, Some("\"a #b\"")),
        ("a\\b", None, None),
        ("'\"", None, None),
        ("", Some(""), Some("")),
    ] {
        assert_eq!(written(RecipeReader::Docker, value).as_deref(), docker, "{value} for Docker");
        assert_eq!(written(RecipeReader::Dotenv, value).as_deref(), dotenv, "{value} for dotenv");
        for (reader, text) in [(RecipeReader::Docker, docker), (RecipeReader::Dotenv, dotenv)] {
            let Some(text) = text else { continue };
            assert_eq!(agreed_values(value, reader, &format!("A={text}")), [value]);
        }
    }
}

/// The remark about quotes appears only if a value needs them.
#[test]
fn quotes_are_told_of_where_there_are_any() {
    assert_eq!(RecipeReader::Docker.remark("A=b"), None);
    assert!(RecipeReader::Docker.remark("A=b\nC=d e").unwrap().contains("not quoted"));
    assert!(RecipeReader::Dotenv.remark("A=\"b c\"").unwrap().contains("are quoted"));
}
