//! `/api/configuration`: an addition to Pocket ID.

use hyper::Method;
use serde_json::{Value, json};

use super::{administrator, fields, only_administrators_may, put};
use crate::support::{
    agent::{Agent, Answer},
    op::TestOp,
};

const PATH: &str = "/api/configuration";
const DIFF: &str = "/api/configuration/diff";

fn yaml(agent: &mut Agent, method: Method, path: &str, text: &str) -> Answer {
    agent.send(method, path, Some("application/yaml"), text.to_owned().into())
}

fn apply(agent: &mut Agent, text: &str) -> Answer {
    yaml(agent, Method::PUT, PATH, text)
}

fn events(op: &TestOp) -> Vec<String> {
    op.texts("SELECT kind FROM audit_events ORDER BY id")
}

/// A description of each step, in a line.
fn told(steps: &Value) -> Vec<String> {
    let text = |step: &Value, name: &str| step[name].as_str().unwrap().to_owned();
    let tell = |step: &Value| {
        format!("{} {} {}", text(step, "action"), text(step, "kind"), text(step, "name"))
    };
    steps.as_array().unwrap().iter().map(tell).collect()
}

const HOUSE: &str = "\
users: [{username: bob, email: bob@example.com}]
groups: [{name: family, members: [bob]}]
clients: [{id: notes, name: Notes, callbackURLs: ['https://notes.example.com/cb'], allowedUserGroups: [family], \
isGroupRestricted: true}]
apis: [{resource: 'https://api.example.com', name: Api, permissions: [{key: read, name: Read}]}]
settings: {appName: House}
";

#[test]
fn a_document_is_exported_as_at_the_terminal() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    apply(&mut root, HOUSE).ok();
    let exported = root.get(PATH).ok();
    let of_terminal = op.beside("export-config -o json").ok();
    assert_eq!(exported.json(), serde_json::from_str::<Value>(&of_terminal).unwrap());
    assert_eq!(exported.header("cache-control"), "no-store");

    let mut reader = root.with_header("accept", "application/yaml");
    let exported = reader.get(PATH).ok();
    assert_eq!(exported.header("content-type"), "application/yaml; charset=utf-8");
    assert_eq!(exported.text(), op.beside("export-config").ok());
    let again = apply(&mut root, &exported.text()).ok().json();
    assert_eq!(again, json!([]), "the document of an installation changes nothing in it");
    let whole = root.get(PATH).json();
    let again = put(&mut root, PATH, &whole).ok().json();
    assert_eq!(again, json!([]));
}

#[test]
fn a_document_is_applied_at_once_and_the_plan_is_that_of_the_terminal() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let before = (root.get(PATH).ok().json(), events(&op));
    let plan = yaml(&mut root, Method::POST, DIFF, HOUSE).ok().json();
    let steps = ["create user bob", "create group family", "create client notes"];
    assert_eq!(told(&plan)[..3], steps);
    assert_eq!(apply_with(&mut root, "?dryRun=true", HOUSE).ok().json(), plan);
    let cli = op.cli();
    cli.write("it.yaml", HOUSE);
    let of_terminal = cli.run("apply -f it.yaml --dry-run -o json").stdout;
    assert_eq!(serde_json::from_str::<Value>(&of_terminal).unwrap(), plan);
    assert_eq!((root.get(PATH).ok().json(), events(&op)), before, "a plan changes nothing");

    assert_eq!(apply(&mut root, HOUSE).ok().json(), plan);
    let name = op.agent().get("/api/application-configuration").ok().text();
    assert!(name.contains("House"), "this server knows it at once: {name}");
    assert_eq!(yaml(&mut root, Method::POST, DIFF, HOUSE).ok().json(), json!([]));
    let by = op.texts("SELECT data FROM audit_events WHERE kind = 'CLIENT_CREATED'");
    assert!(by[0].contains("API key"), "{by:?}");
}

fn apply_with(agent: &mut Agent, query: &str, text: &str) -> Answer {
    yaml(agent, Method::PUT, &format!("{PATH}{query}"), text)
}

#[test]
fn only_with_prune_is_anything_removed_and_never_the_caller() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    apply(&mut root, HOUSE).ok();
    let before = (root.get(PATH).ok().json(), events(&op));

    let empty = "{users: [], groups: [], clients: []}";
    assert_eq!(apply(&mut root, empty).ok().json(), json!([]));
    assert_eq!(apply_with(&mut root, "?prune=true", empty).error(), "409 last_administrator");
    let other = "users: [{username: other, isAdmin: true}]";
    assert_eq!(apply_with(&mut root, "?prune=true", other).error(), "409 own_administrator");
    let mine = "users: [{username: other, isAdmin: true}, {username: root, isAdmin: false}]";
    assert_eq!(apply(&mut root, mine).error(), "409 own_administrator");
    let mine = "users: [{username: other, isAdmin: true}, {username: root, disabled: true}]";
    assert_eq!(apply(&mut root, mine).error(), "409 own_administrator");
    let mine = "users: [{username: root, isAdmin: false}]";
    assert_eq!(apply(&mut root, mine).error(), "409 last_administrator");
    assert_eq!((root.get(PATH).ok().json(), events(&op)), before, "all or nothing");

    let kept = "{users: [{username: root}, {username: bob}], clients: []}";
    let steps = apply_with(&mut root, "?prune=true", kept).ok().json();
    assert_eq!(told(&steps), ["remove client notes"]);
    assert!(op.texts("SELECT id FROM clients").is_empty());
}

#[test]
fn faults_name_their_places_and_change_nothing() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let before = (root.get(PATH).ok().json(), events(&op));
    let faulty =
        "users: [{username: bob}]\ngroups:\n  - {name: family, membres: [bob]}\nclents: []\n";
    let refused = apply(&mut root, faulty);
    assert_eq!(refused.error(), "400 validation_failed");
    assert_eq!(fields(&refused), ["3:20 invalid_value", "4:1 invalid_value"]);
    assert!(refused.json()["error"].as_str().unwrap().contains("did you mean members?"));
    let cli = op.cli();
    cli.write("it.yaml", faulty);
    let of_terminal = cli.run("apply -f it.yaml").stderr;
    assert!(of_terminal.contains("it.yaml:3:20: ") && of_terminal.contains("it.yaml:4:1: "));

    let unknown = "groups: [{name: family, members: [nobody]}]";
    assert_eq!(fields(&apply(&mut root, unknown)), ["1:34 invalid_value"]);
    for text in ["{", "a: &x 1", "- 1", "users: 1"] {
        assert_eq!(apply(&mut root, text).error(), "400 validation_failed", "{text}");
    }
    for query in ["?dryRun=yes", "?dryRun=", "?prune=1"] {
        assert_eq!(apply_with(&mut root, query, HOUSE).error(), "400 validation_failed", "{query}");
    }
    let as_text = root.send(Method::PUT, PATH, Some("text/plain"), HOUSE.into());
    assert_eq!(as_text.error(), "400 invalid_request_body");
    let no_text = root.send(Method::PUT, PATH, Some("text/yaml"), vec![0xff].into());
    assert_eq!(no_text.error(), "400 invalid_request_body");
    let large = format!("# {}", "x".repeat(8 * 1024 * 1024));
    assert_eq!(apply(&mut root, &large).error(), "413 file_too_large");
    assert_eq!((root.get(PATH).ok().json(), events(&op)), before);
}

/// A document has as many faults as its sender likes: each must cost little.
#[test]
fn only_the_first_faults_are_told_those_of_the_document_and_those_of_the_plan() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let keys: Vec<_> = (0..50_000).map(|n| format!("membres{n}: 1")).collect();
    let faulty = format!("groups: [{{name: family, {}}}]", keys.join(", "));
    assert_eq!(fields(&apply(&mut root, &faulty)).len(), 20);

    let groups: Vec<_> =
        (0..100).map(|n| format!("{{name: group{n}, members: [root{n}]}}")).collect();
    let refused = apply(&mut root, &format!("groups: [{}]", groups.join(", ")));
    assert_eq!(fields(&refused).len(), 20);
    let text = refused.text();
    assert!(text.contains("there is no user root4; did you mean root?"), "{text}");
    assert!(text.contains("there is no user root5; add it under users"), "{text}");
    assert!(op.texts("SELECT name FROM groups").is_empty());
}

/// The tree of a document takes many times the memory of its text.
#[test]
fn a_document_by_the_rest_api_has_a_bounded_number_of_values() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let many = format!("users: [{}]", "1,".repeat(200_001));
    for refused in [apply(&mut root, &many), yaml(&mut root, Method::POST, DIFF, &many)] {
        assert_eq!(refused.error(), "400 validation_failed");
        assert_eq!(fields(&refused).len(), 1);
        let text = refused.text();
        assert!(
            text.contains("more than 190000 values") && text.contains("pocketid apply"),
            "{text}"
        );
    }
}

/// All changes are one transaction, and others wait for it.
#[test]
fn a_document_by_the_rest_api_makes_a_bounded_number_of_changes() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let before = events(&op);
    let users = |count: usize| -> String {
        let users: Vec<_> = (0..count).map(|n| format!("{{username: user{n}}}")).collect();
        format!("users: [{}]", users.join(", "))
    };
    assert_eq!(apply(&mut root, &users(10_001)).error(), "409 too_many_changes");
    let refused = apply_with(&mut root, "?dryRun=true", &users(10_001));
    assert_eq!(refused.error(), "409 too_many_changes", "a plan is told only if it can be made");
    assert_eq!(events(&op), before);
    apply(&mut root, &users(10)).ok();
}

#[test]
fn a_fault_repeats_only_the_beginning_of_a_long_text() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let long = "x".repeat(1_000_000);
    for text in [
        format!("? {long}\n: 1\n"),
        format!("users: [{{username: alice, ? {long} : 1}}]"),
        format!("users: [{{username: '{long}!'}}]"),
        format!("groups: [{{name: family, members: ['{long}']}}]"),
    ] {
        let refused = apply(&mut root, &text);
        assert_eq!(refused.error(), "400 validation_failed");
        assert!(refused.text().len() < 2_000, "{}", refused.text().len());
    }
}

/// An administrator of the provider is not one of the machine.
#[test]
fn a_document_reads_neither_variables_nor_files_of_the_server() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    for text in [
        "settings: {smtpPassword: {env: ENCRYPTION_KEY}}",
        "settings: {smtpPassword: {env: PATH}}",
        "settings: {smtpPassword: {env: SMTP_PASSWORD}}",
        "settings: {smtpPassword: {file: /etc/passwd}}",
        "clients: [{id: a, name: A, logo: {file: /etc/passwd}}]",
        "clients: [{id: a, name: A, secrets: [{env: PATH}]}]",
    ] {
        let refused = apply(&mut root, text);
        assert_eq!(refused.error(), "400 validation_failed", "{text}");
        assert!(refused.text().contains("the REST API reads no"), "{}", refused.text());
    }
}

#[test]
fn a_stored_secret_is_not_exported_and_stays_when_its_document_comes_back() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let all = root.get("/api/application-configuration/all").ok().json();
    let mut settings = serde_json::Map::new();
    for one in all.as_array().unwrap() {
        settings.insert(one["key"].as_str().unwrap().to_owned(), one["value"].clone());
    }
    settings.insert("smtpPassword".into(), "hunter22-hunter22".into());
    put(&mut root, "/api/application-configuration", &settings.into()).ok();

    let exported = root.get(PATH).ok();
    assert!(!exported.text().contains("hunter22"));
    assert_eq!(exported.json()["settings"]["smtpPassword"], json!({ "env": "SMTP_PASSWORD" }));
    assert_eq!(
        put(&mut root, &format!("{PATH}?prune=true"), &exported.json()).ok().json(),
        json!([])
    );
}

#[test]
fn digests_of_secrets_and_the_schema_are_given_as_at_the_terminal() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    op.client();
    let of_terminal = op.beside("export-config --with-secrets -o json").ok();
    let of_terminal: Value = serde_json::from_str(&of_terminal).unwrap();
    assert_eq!(root.get("/api/configuration?withSecrets=true").ok().json(), of_terminal);
    assert_ne!(root.get(PATH).ok().json(), of_terminal, "only if they are asked for");
    let refused = root.get("/api/configuration?withSecrets=1");
    assert_eq!(fields(&refused), ["withSecrets invalid_format"]);

    let schema = "/api/configuration/schema";
    only_administrators_may(&op, &[(Method::GET, schema, json!(null))]);
    let of_terminal = op.beside("export-config --schema").ok();
    let of_terminal: Value = serde_json::from_str(&of_terminal).unwrap();
    assert_eq!(root.get(schema).ok().json(), of_terminal);
}

#[test]
fn nobody_else_reads_or_changes_the_configuration() {
    let op = TestOp::start();
    let body = json!({ "settings": { "appName": "Theirs" } });
    let requests = [
        (Method::GET, PATH, json!(null)),
        (Method::POST, DIFF, body.clone()),
        (Method::PUT, PATH, body),
    ];
    only_administrators_may(&op, &requests);
    let name = op.agent().get("/api/application-configuration").ok().text();
    assert!(!name.contains("Theirs"), "{name}");
}
