//! Every page in every language

use super::{
    tour::{APPLICATION, PERSON, in_chinese, in_english},
    visitor::Visitor,
};
use crate::support::op::TestOp;

/// Why the webhook of the tour fails.
const FAULT: &str = "cannot talk to 127.0.0.1: Connection refused (os error 111)";

/// Names of programs and commands, which are the same in each language.
const NAMES: [&str; 3] = ["Caddy", "nginx", "Traefik"];

#[test]
fn every_page_speaks_chinese_to_a_chinese_browser() {
    for seen in in_chinese() {
        // The words of another server, and of the operating system, are in English.
        let text = seen.text.replace(APPLICATION, "").replace(PERSON, "").replace(FAULT, "");
        let text = NAMES.iter().fold(text, |text, name| text.replace(name, ""));

        assert_eq!(seen.language.as_deref(), Some("zh-CN"), "{}", seen.page);
        assert!(text.chars().any(is_chinese), "{}: {text}", seen.page);
        assert_eq!(english_phrase(&text), None, "{}: {text}", seen.page);
    }
}

#[test]
fn every_page_speaks_english_to_an_english_browser() {
    for seen in in_english() {
        assert_eq!(seen.language.as_deref(), Some("en"), "{}", seen.page);
        assert!(!seen.text.chars().any(is_chinese), "{}: {}", seen.page, seen.text);
        assert!(english_phrase(&seen.text).is_some(), "{}: {}", seen.page, seen.text);
    }
}

/// RFC 4647 §3.4: any Chinese is closer to ours than English is; English is for everybody else.
#[test]
fn the_closest_language_is_spoken() {
    let op = TestOp::start();
    for (language, shown) in [("zh-TW", "zh-CN"), ("en-AU", "en"), ("de-DE", "en")] {
        let visitor = Visitor::new(&op);
        visitor.set_language(language);

        visitor.open("/login");

        assert_eq!(visitor.attribute("html", "lang").as_deref(), Some(shown), "{language}");
    }
}

fn is_chinese(c: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&c)
}

/// Three English words in a row, which no name of a product is.
fn english_phrase(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let is_word = |word: &&str| {
        let word = word.trim_end_matches(['.', ',', ':', '?']);
        word.len() > 1 && word.chars().all(|c| c.is_ascii_alphabetic())
    };
    words.windows(3).find(|three| three.iter().all(is_word)).map(|three| three.join(" "))
}
