//! The texts of the pages, in every supported language.
//!
//! A catalogue is a flat JSON object from key to text, compiled into the program. English is the
//! reference. Tests check that the other catalogues have the same keys and the same
//! `{placeholders}`, and that templates and scripts use exactly these keys. Keys that begin with
//! `script.` are passed to the scripts of a page.

mod locale;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::LazyLock;

pub use locale::Locale;

/// The prefix of keys that are sent with a page for its scripts.
const SCRIPT_PREFIX: &str = "script.";

static EN: LazyLock<Messages> = LazyLock::new(|| Messages::parse(include_str!("en.json")));
static ZH_CN: LazyLock<Messages> = LazyLock::new(|| Messages::parse(include_str!("zh-CN.json")));

/// The texts of one language.
#[derive(Debug)]
pub struct Messages {
    texts: BTreeMap<String, String>,
    for_scripts: String,
}

impl Messages {
    /// Finds the catalogue of a language.
    pub fn of(locale: Locale) -> &'static Self {
        match locale {
            Locale::En => &EN,
            Locale::ZhCn => &ZH_CN,
        }
    }

    /// Looks up a text. Returns an unknown key itself: a page with one odd word is more useful than
    /// none, and the tests check that there is no such key.
    pub fn get<'a>(&'a self, key: &'a str) -> &'a str {
        self.texts.get(key).map_or(key, String::as_str)
    }

    /// Looks up a text and fills in its `{name}` placeholders. Placeholders in a value are not
    /// expanded, since values come from users, and one that is written from right to left does not
    /// reorder the text around it.
    pub fn with(&self, key: &str, values: &[(&str, &str)]) -> String {
        let mut filled = String::new();
        let mut rest = self.get(key);
        while let Some((before, name, after)) = next_placeholder(rest) {
            filled.push_str(before);
            match values.iter().find(|(known, _)| *known == name) {
                Some((_, value)) => filled.push_str(&isolated(value)),
                None => filled.push_str(&rest[before.len()..rest.len() - after.len()]),
            }
            rest = after;
        }
        filled + rest
    }

    /// The texts that scripts need, as a JSON object.
    pub fn for_scripts(&self) -> &str {
        &self.for_scripts
    }

    fn parse(json: &str) -> Self {
        let texts: BTreeMap<String, String> =
            serde_json::from_str(json).expect("the catalogues are compiled in and tested");
        let scripts: BTreeMap<&str, &str> = texts
            .iter()
            .filter_map(|(key, text)| Some((key.strip_prefix(SCRIPT_PREFIX)?, text.as_str())))
            .collect();
        let for_scripts = serde_json::to_string(&scripts).expect("a map of strings is JSON");
        Self { texts, for_scripts }
    }
}

/// The value between the marks of Unicode for a text with a direction of its own (UAX #9 §2.5), where
/// it has any letter that is written from right to left.
fn isolated(value: &str) -> Cow<'_, str> {
    let is_written_leftwards = |letter: char| {
        matches!(letter, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}'
            | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
    };
    if value.contains(is_written_leftwards) {
        Cow::Owned(format!("\u{2068}{value}\u{2069}"))
    } else {
        Cow::Borrowed(value)
    }
}

/// Splits a text around its first `{name}`: the text before it, the name, the text after it.
fn next_placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::model::{ConfigKey, EventKind, app_config::ValueType};

    fn placeholders(mut text: &str) -> BTreeSet<&str> {
        let mut names = BTreeSet::new();
        while let Some((_, name, after)) = next_placeholder(text) {
            names.insert(name);
            text = after;
        }
        names
    }

    /// The contents of a folder's files, which may contain keys.
    fn sources(folder: &str, extensions: &[&str]) -> String {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/server").join(folder);
        files_below(&folder)
            .into_iter()
            .filter(|path| {
                let extension = path.extension().and_then(|extension| extension.to_str());
                extension.is_some_and(|extension| extensions.contains(&extension))
            })
            .map(|path| std::fs::read_to_string(path).unwrap())
            .collect()
    }

    fn files_below(folder: &Path) -> Vec<PathBuf> {
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
    }

    /// The string literals that are passed to a function of this name.
    fn arguments<'a>(sources: &'a str, function: &str) -> BTreeSet<&'a str> {
        sources
            .match_indices(&format!("{function}("))
            .filter(|(at, _)| !sources[..*at].ends_with(char::is_alphanumeric))
            .filter_map(|(at, call)| {
                let rest = &sources[at + call.len()..];
                let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''))?;
                rest[1..].split(quote).next()
            })
            .collect()
    }

    #[test]
    fn catalogues_have_the_same_keys() {
        let keys = |locale| Messages::of(locale).texts.keys().collect::<Vec<_>>();
        for locale in Locale::ALL {
            assert_eq!(keys(Locale::En), keys(*locale), "{}", locale.tag());
        }
    }

    /// So that a new text has one place, and a key is found by eye.
    #[test]
    fn catalogues_are_sorted_by_key() {
        for json in [include_str!("en.json"), include_str!("zh-CN.json")] {
            let lines = json.lines().filter_map(|line| line.trim_start().strip_prefix('"'));
            let keys: Vec<&str> = lines.filter_map(|line| line.split('"').next()).collect();
            for pair in keys.windows(2) {
                assert!(pair[0] < pair[1], "{} stands before {}", pair[0], pair[1]);
            }
            assert_eq!(keys.len(), Messages::parse(json).texts.len(), "a key a line");
        }
    }

    #[test]
    fn translations_have_the_same_placeholders() {
        for locale in Locale::ALL {
            for (key, text) in &Messages::of(Locale::En).texts {
                let translated = Messages::of(*locale).get(key);
                assert_eq!(placeholders(text), placeholders(translated), "{key}");
            }
        }
    }

    #[test]
    fn every_key_that_is_used_exists() {
        let known = &Messages::of(Locale::En).texts;
        let pages = sources("pages", &["html", "rs"]) + &sources("browse", &["rs"]);
        for key in arguments(&pages, "layout.t").union(&arguments(&pages, "layout.with")) {
            assert!(known.contains_key(*key), "no text for {key}");
        }
        let mails = sources("mail", &["html", "rs"]);
        for key in arguments(&mails, "words.t").union(&arguments(&mails, "words.with")) {
            assert!(known.contains_key(*key), "no text for {key}");
        }
        for key in arguments(&sources("assets", &["js"]), "t") {
            assert!(known.contains_key(&format!("script.{key}")), "no text for script.{key}");
        }
    }

    /// The scripts look up their `error.` and `field.` texts by the error code of the API.
    #[test]
    fn no_key_is_left_unused() {
        let pages = ["pages", "passkey", "browse", "oidc", "mail"]
            .map(|folder| sources(folder, &["html", "rs"]));
        let pages = pages.concat();
        let scripts = sources("assets", &["js"]);
        for key in Messages::of(Locale::En).texts.keys() {
            let used = match key.strip_prefix(SCRIPT_PREFIX) {
                Some(name) => {
                    let by_code =
                        ["error.", "field.", "health."].iter().any(|start| name.starts_with(start));
                    by_code || scripts.contains(&format!("'{name}'"))
                }
                // Looked up by the name of an event or of a key of the configuration.
                None if ["config.", "event.", "notice."].iter().any(|one| key.starts_with(one)) => {
                    true
                }
                None => pages.contains(&format!("\"{key}\"")),
            };
            assert!(used, "nobody says {key}");
        }
    }

    /// Their keys are put together from names, so nothing else would notice that one is missing.
    #[test]
    fn every_event_and_every_key_of_the_configuration_has_a_name() {
        let known = &Messages::of(Locale::En).texts;
        for kind in EventKind::ALL {
            assert!(known.contains_key(&format!("event.{}", kind.as_str())), "{}", kind.as_str());
            for part in ["subject", "text"] {
                let key = format!("notice.{}.{part}", kind.as_str());
                assert_eq!(known.contains_key(&key), kind.is_notice(), "{key}");
            }
        }
        for key in ConfigKey::ALL {
            let name = key.name();
            assert!(known.contains_key(&format!("config.{name}")), "{name}");
            if let ValueType::Choice(words) = key.value_type() {
                for word in words {
                    assert!(known.contains_key(&format!("config.{name}.{word}")), "{name}: {word}");
                }
            }
        }
    }

    #[test]
    fn no_text_is_empty_or_padded() {
        for locale in Locale::ALL {
            for (key, text) in &Messages::of(*locale).texts {
                assert!(!text.is_empty() && text.trim() == text, "{key}");
            }
        }
    }

    #[test]
    fn values_are_not_read_for_placeholders() {
        let messages = Messages::parse(r#"{"greet": "Hello {name}, from {place} {unknown}"}"#);

        let text = messages.with("greet", &[("name", "{place}"), ("place", "here")]);

        assert_eq!(text, "Hello {place}, from here {unknown}");
    }

    #[test]
    fn a_name_that_is_written_leftwards_has_a_direction_of_its_own() {
        let messages = Messages::parse(r#"{"delete": "Delete {name}?"}"#);
        let delete = |name| messages.with("delete", &[("name", name)]);
        assert_eq!(delete("משה (1)"), "Delete \u{2068}משה (1)\u{2069}?");
        assert_eq!(delete("Zoë 王 (1)"), "Delete Zoë 王 (1)?");
    }

    #[test]
    fn scripts_are_sent_their_own_texts_only() {
        let messages = Messages::parse(r#"{"script.a": "A", "page.b": "B"}"#);

        assert_eq!(messages.for_scripts(), r#"{"a":"A"}"#);
    }
}
