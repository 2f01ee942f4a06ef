//! Asks every route without credentials, as a user, as an administrator with unknown ids, and with a good
//! request.
//!
//! The file `every_route.txt` has the answers. `UPDATE_ROUTES=1` writes it.
//!
//! Debug builds also check each answer against the contract of its row.

use std::{collections::BTreeMap, fs, path::PathBuf};

use hyper::Method;
use serde_json::Value;

use crate::support::{
    agent::{Agent, Answer},
    everything::{Everything, fill_with_unknown},
};

const TITLE: &str = "# route | body | as nobody | as a user | about something unknown | well\n";
/// It ends the session of the caller.
const LAST: &str = "/api/webauthn/logout";

/// A line of the table of answers.
#[derive(Debug, Clone, Default, PartialEq)]
struct Entry {
    /// JSON, a form, a query, or `file`. In parentheses stands why there is no good request.
    body: String,
    answers: [String; 4],
}

/// An operation of `docs/openapi.json`.
struct Operation {
    method: Method,
    path: String,
    is_for_administrators: bool,
    /// The ways in which a caller may prove itself. Without any, it serves everyone.
    schemes: Vec<String>,
}

fn checkout() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn operations() -> Vec<Operation> {
    let text = fs::read_to_string(checkout().join("docs/openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let required = operation["security"].as_array().unwrap();
            let schemes = required.iter().flat_map(|one| one.as_object().unwrap().keys());
            all.push(Operation {
                method: method.to_uppercase().parse().unwrap(),
                path: path.clone(),
                is_for_administrators: required
                    .iter()
                    .any(|one| one["apiKey"][0] == "administrator"),
                schemes: schemes.cloned().collect(),
            });
        }
    }
    all.sort_by_key(Operation::rank);
    all
}

impl Operation {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    /// Objects are shown before they are deleted, and parts are deleted before their object.
    fn rank(&self) -> (bool, usize, usize, String) {
        let methods = ["PUT", "PATCH", "GET", "POST", "DELETE"];
        let method = methods.iter().position(|name| *name == self.method.as_str()).unwrap();
        let depth = if method == 4 { usize::MAX - self.path.len() } else { 0 };
        (self.path == LAST, method, depth, self.path.clone())
    }

    fn has(&self, scheme: &str) -> bool {
        self.schemes.iter().any(|one| one == scheme)
    }

    fn is_for_applications(&self) -> bool {
        self.has("clientSecret") || self.has("accessToken")
    }

    /// The answer to a caller that the row does not serve.
    fn refusal(&self, is_a_key: bool) -> Option<&'static str> {
        match is_a_key {
            _ if self.is_for_applications() => None,
            false => (!self.schemes.is_empty()).then_some("401 not_signed_in"),
            true if self.is_for_administrators => Some("403 forbidden"),
            true if !self.has("apiKey") && self.has("session") => {
                Some("403 api_key_auth_not_allowed")
            }
            true => None,
        }
    }

    fn ask(&self, agent: &mut Agent, path: &str, body: &str) -> Answer {
        let method = self.method.clone();
        match body {
            "" => agent.send(method, path, None, "".into()),
            "file" => super::send_file(agent, method, path, include_bytes!("every_route.png")),
            body if body.starts_with(['{', '[']) => {
                agent.send(method, path, Some("application/json"), body.to_owned().into())
            }
            query if self.method == Method::GET || query.starts_with('?') => {
                agent.send(method, &format!("{path}{query}"), None, "".into())
            }
            form => {
                let form = form.to_owned().into();
                agent.send(method, path, Some("application/x-www-form-urlencoded"), form)
            }
        }
    }
}

fn table() -> BTreeMap<String, Entry> {
    let text = fs::read_to_string(checkout().join("tests/protocol/api/every_route.txt"));
    let mut all = BTreeMap::new();
    for line in text.unwrap_or_default().lines().filter(|line| !line.starts_with('#')) {
        let mut cells = line.split(" | ").map(|cell| cell.trim().to_owned());
        let mut next = || cells.next().unwrap_or_default();
        let (name, body) = (next(), next());
        all.insert(name, Entry { body, answers: [next(), next(), next(), next()] });
    }
    all
}

/// The bodies of good requests, by the method and the path.
pub(super) fn good_bodies() -> BTreeMap<String, String> {
    table().into_iter().map(|(name, entry)| (name, entry.body)).collect()
}

fn printed(entries: &BTreeMap<String, Entry>) -> String {
    let lines = entries.iter().map(|(name, Entry { body, answers })| {
        format!("{name} | {body} | {}\n", answers.join(" | "))
    });
    [TITLE.to_owned()].into_iter().chain(lines).collect()
}

/// The status and the code.
fn told(answer: &Answer) -> String {
    answer.error().trim_end().to_owned()
}

#[test]
fn each_route_answers_nobody_a_user_and_an_administrator_as_its_row_declares() {
    let mut all = Everything::new();
    let mut alice = all.op.agent().with_header("x-api-key", &all.key_of("alice"));
    let mut root = all.op.agent().with_header("x-api-key", &all.key_of("root"));
    let (operations, expected) = (operations(), table());
    let mut seen = BTreeMap::new();
    for operation in &operations {
        let body = expected.get(&operation.name()).cloned().unwrap_or_default().body;
        let filled = if body.starts_with('(') { String::new() } else { all.fill(&body) };
        let path = fill_with_unknown(&operation.path);
        // The secret of a client would authenticate the request.
        let of_nobody = if operation.is_for_applications() { "" } else { &filled };
        let nobody = told(&operation.ask(&mut all.op.agent(), &path, of_nobody));
        let user = told(&operation.ask(&mut alice, &path, of_nobody));
        for (refusal, answer) in
            [(operation.refusal(false), &nobody), (operation.refusal(true), &user)]
        {
            assert!(
                refusal.is_none_or(|refusal| refusal == answer),
                "{}: {answer}",
                operation.name()
            );
        }
        let is_about_something = operation.path.contains('{');
        let unknown = is_about_something.then(|| told(&operation.ask(&mut root, &path, &filled)));
        let answers = [nobody, user, unknown.unwrap_or_else(|| "-".into()), "-".into()];
        seen.insert(operation.name(), Entry { body, answers });
    }
    for operation in &operations {
        let entry = seen.get_mut(&operation.name()).unwrap();
        if entry.body.starts_with('(') {
            continue;
        }
        let (path, body) = (all.fill_path(&operation.path), all.fill(&entry.body));
        let token = format!("Bearer {}", all.fill("{access_token}"));
        let agent = match operation.schemes.is_empty() {
            _ if operation.has("accessToken") => {
                &mut all.op.agent().with_header("authorization", &token)
            }
            true if operation.path.contains('{') => &mut all.device,
            true => &mut all.op.agent(),
            false => &mut all.root.agent,
        };
        entry.answers[3] = told(&operation.ask(agent, &path, &body));
    }
    if std::env::var_os("UPDATE_ROUTES").is_some() {
        fs::write(checkout().join("tests/protocol/api/every_route.txt"), printed(&seen)).unwrap();
        return;
    }
    for (name, entry) in &seen {
        assert_eq!(Some(entry), expected.get(name), "{name}");
    }
    assert_eq!(seen.len(), expected.len(), "the table has a route that is gone");
}

/// `docs/openapi.json` does not have the pages.
#[test]
fn each_page_answers_nobody_with_a_page_or_a_redirect() {
    let op = crate::support::op::TestOp::start();
    let reference = fs::read_to_string(checkout().join("docs/rest-api.md")).unwrap();
    let (_, pages) = reference.split_once("## For people").unwrap();
    let mut count = 0;
    for line in pages.lines().filter(|line| line.starts_with("| `")) {
        let path = line.split('`').find(|word| word.starts_with('/')).unwrap();
        let answer = op.agent().get(&fill_with_unknown(path));
        let is_page = answer.header("content-type").starts_with("text/html");
        assert!(is_page || matches!(answer.status, 302 | 303), "{path}: {answer:?}");
        assert!(answer.status < 500, "{path}: {answer:?}");
        count += 1;
    }
    assert!(count > 20, "{count} pages");
}
