//! Configuration documents that are made to do harm, sent to a server in a process of its own.

use base64::{Engine as _, prelude::BASE64_STANDARD as STANDARD};
use hyper::Method;
use serde_json::json;

use super::peak;
use crate::support::{
    agent::{Agent, Answer},
    cli::Cli,
    server::Server,
};

const KEY: &str = "a-key-of-the-environment";
/// The most memory that a server may take in all, in KiB.
const MOST: u64 = 270_000;
/// The longest document.
const LONGEST: usize = 8 * 1024 * 1024;

/// Sends a document to a new server, and returns its answer and the memory that it took.
fn diff(document: String) -> (Answer, u64) {
    let cli = Cli::new().with("STATIC_API_KEY", KEY);
    let server: Server = cli.serve();
    let address = format!("http://{}", server.address());
    let mut agent = Agent::new(&address).with_header("x-api-key", KEY);
    let path = "/api/configuration/diff";
    let answer = agent.send(Method::POST, path, Some("application/yaml"), document.into());
    (answer, peak(&server))
}

/// A document with as many repetitions as fit.
fn filled(start: &str, again: &str) -> String {
    format!("{start}{}", again.repeat((LONGEST - start.len()) / again.len()))
}

/// A whole `[...]` or `{...}` is in memory before the first value of it is counted.
#[test]
fn a_document_made_to_do_harm_is_refused_and_takes_little_memory() {
    for (start, again) in [
        ("[,", "a:,"),
        ("{", "a:,"),
        ("- [,", "a:,"),
        ("{\"users\":[", ",a:"),
        ("[", ","),
        ("[,", ",\n"),
        ("[", "\"\"\n"),
        ("[", "''\t\r"),
        ("[", "\"a\":\"a\","),
        ("[", "[a]"),
        ("[", "[a: b]"),
        ("[", "{a: b}"),
        ("[", "*a "),
        ("[", "&a "),
        ("[", "!a "),
        ("[", "? "),
        ("[", "a #\n"),
        ("[\n", "%a\n"),
        ("[\n", "%a b\n"),
        ("[\n", "---\n"),
        ("[\n", "...\n"),
        ("%a", " b"),
        ("- ", "- "),
        ("", "- a\n"),
        ("", "? "),
    ] {
        let (answer, peak) = diff(filled(start, again));
        assert_eq!(answer.error(), "400 validation_failed", "{start}{again}");
        assert!(peak < MOST, "{start}{again}: {peak} KiB");
    }
    let (answer, peak) = diff(format!("[,{}", "a:,".repeat(1_000_000)));
    assert_eq!(answer.error(), "400 validation_failed");
    assert!(peak < MOST, "{peak} KiB");
}

/// As many as are not refused before the document is parsed.
#[test]
fn a_document_with_as_many_values_as_can_be_takes_little_memory() {
    for (again, times) in
        [("a:,", 213_749), ("\"a\":\"a\",", 213_749), ("[a: b]", 142_499), ("a,", 427_499)]
    {
        let (answer, peak) = diff(format!("[{}", again.repeat(times)));
        assert_eq!(answer.error(), "400 validation_failed", "{again}");
        assert!(peak < MOST, "{again}: {peak} KiB");
    }
}

/// A document like the exports of the largest installations, and like files that people write.
#[test]
fn a_large_honest_document_is_read() {
    let user = |n: usize| {
        json!({
            "username": format!("user{n}"), "email": format!("user{n}@example.com"),
            "firstName": "Given", "lastName": "Family, and more", "displayName": format!("User: {n}"),
        })
    };
    let urls = |n: usize| -> Vec<_> {
        (0..200).map(|m| format!("https://app{n}.example.com:8080/?a={m}&b=2")).collect()
    };
    let logo = STANDARD.encode([b"\x89PNG\r\n\x1a\n", &[7; 1_000_000][..]].concat());
    let client = |n: usize| {
        json!({
            "id": format!("client{n}"), "name": "A client", "callbackURLs": urls(n),
            "logo": (n < 2).then(|| json!({ "base64": logo })),
        })
    };
    let document = json!({
        "users": (0..9_000).map(user).collect::<Vec<_>>(),
        "groups": [{
            "name": "all", "friendlyName": "All of them",
            "members": (0..9_000).map(|n| format!("user{n}")).collect::<Vec<_>>(),
        }],
        "clients": (0..300).map(client).collect::<Vec<_>>(),
    });
    for document in [document.to_string(), serde_json::to_string_pretty(&document).unwrap()] {
        let (answer, peak) = diff(document);
        assert_eq!(answer.error(), "409 too_many_changes", "it is read as a whole");
        assert!(peak < MOST, "{peak} KiB");
    }
}
