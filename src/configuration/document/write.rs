//! Writes a document as YAML.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Document, EntityKind, settings};

/// Writes every section, even empty ones: the file describes the whole installation.
pub fn write(document: &Document) -> String {
    let mut yaml = String::new();
    for kind in EntityKind::ALL {
        let things = document.of(kind);
        if things.is_empty() {
            yaml += &format!(
                "{}: {}\n",
                kind.section(),
                if kind == EntityKind::Setting { "{}" } else { "[]" }
            );
            continue;
        }
        yaml += &format!("{}:\n", kind.section());
        for thing in things {
            if let EntityKind::Setting = kind {
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

/// Writes a mapping as a list item.
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

/// Writes a text unquoted where it is unambiguous, and otherwise as JSON, which is valid YAML.
fn scalar(value: &Value) -> String {
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        value => printable(&value.to_string()),
    }
}

/// Escapes characters that JSON allows but YAML reads as line breaks or rejects, and invisible
/// characters.
pub fn printable(json: &str) -> String {
    let is_escaped = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
            || matches!(c, '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
    };
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if is_escaped(c) { text += &format!("\\u{:04x}", u32::from(c)) } else { text.push(c) }
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
