//! A document as a file.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Document, Kind, settings};

/// Writes every section, also those that are empty: the file says all that there is.
pub fn write(document: &Document) -> String {
    let mut yaml = String::new();
    for kind in Kind::ALL {
        let things = document.of(kind);
        if things.is_empty() {
            yaml += &format!(
                "{}: {}\n",
                kind.section(),
                if kind == Kind::Setting { "{}" } else { "[]" }
            );
            continue;
        }
        yaml += &format!("{}:\n", kind.section());
        for thing in things {
            if let Kind::Setting = kind {
                if let Some((name, value)) = settings::entry(thing) {
                    entry(&mut yaml, 1, &name, &value);
                }
                continue;
            }
            let fields = kind.fields().iter();
            item(
                &mut yaml,
                1,
                fields.filter_map(|field| Some((field.name, thing.get(field.name)?))),
            );
        }
    }
    yaml
}

/// A mapping in a list.
fn item<'a>(yaml: &mut String, depth: usize, entries: impl Iterator<Item = (&'a str, &'a Value)>) {
    for (index, (name, value)) in entries.enumerate() {
        let start = yaml.len();
        entry(yaml, depth + 1, name, value);
        if index == 0 {
            let dash = start + depth * 2;
            yaml.replace_range(dash..=dash, "-");
        }
    }
}

fn entry(yaml: &mut String, depth: usize, name: &str, value: &Value) {
    let indent = "  ".repeat(depth);
    match value {
        Value::Array(items) if !items.is_empty() => {
            let _ = writeln!(yaml, "{indent}{}:", scalar(&name.into()));
            for value in items {
                match value {
                    Value::Object(map) if !map.is_empty() => {
                        item(
                            yaml,
                            depth + 1,
                            map.iter().map(|(name, value)| (name.as_str(), value)),
                        );
                    }
                    value => {
                        let _ = writeln!(yaml, "{indent}  - {}", scalar(value));
                    }
                }
            }
        }
        Value::Object(map) if !map.is_empty() => {
            let _ = writeln!(yaml, "{indent}{}:", scalar(&name.into()));
            map.iter().for_each(|(name, value)| entry(yaml, depth + 1, name, value));
        }
        value => {
            let _ = writeln!(yaml, "{indent}{}: {}", scalar(&name.into()), scalar(value));
        }
    }
}

/// A text stands as it is where nobody can take it for something else; JSON is YAML everywhere else.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        value => printable(&value.to_string()),
    }
}

/// JSON may have signs as they are that YAML takes for the end of a line, or refuses, or that nobody sees.
pub fn printable(json: &str) -> String {
    let is_escaped = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
            || matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
    };
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        match is_escaped(c) {
            true => text += &format!("\\u{:04x}", u32::from(c)),
            false => text.push(c),
        }
    }
    text
}

fn is_plain(text: &str) -> bool {
    const WORDS: &[&str] = &["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
    let has_plain_signs = text.chars().all(|c| c.is_ascii_alphanumeric() || "_./@:+- ".contains(c));
    has_plain_signs
        && text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && !text.ends_with([':', ' '])
        && !text.contains(": ")
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}
