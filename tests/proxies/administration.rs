//! The blocks of comments that restrict administration to some addresses, against every endpoint.

use std::{path::Path, process::Command};

use hyper::Method;
use serde_json::Value;

use super::front::{CLIENT, Front, INSIDE, KINDS, Kind};
use crate::support::{
    agent::{Agent, Answer},
    patience::run,
};

/// Open to everybody, though administrators alone may call it: its address is that of a picture.
const SHARED: &str = "/api/application-images/default-profile-picture";
/// Only the first administrator has to set up.
const SETUP: &str = "/api/signup/setup";

/// An endpoint, and whether it is for administrators.
struct Endpoint {
    method: Method,
    path: String,
    is_restricted: bool,
}

/// Every endpoint of the REST API, with ids that do not exist, and the pages.
fn endpoints() -> Vec<Endpoint> {
    let document: Value = serde_json::from_str(include_str!("../../docs/openapi.json")).unwrap();
    let mut endpoints = Vec::new();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            let Ok(method) = method.to_uppercase().parse::<Method>() else { continue };
            if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
                continue;
            }
            let is_for_administrators = operation["security"].to_string().contains("administrator");
            let is_shared = method == Method::GET && path == SHARED;
            let is_restricted = path == SETUP || is_for_administrators && !is_shared;
            let path = path.replace(['{', '}'], "");
            endpoints.push(Endpoint { method, path, is_restricted });
        }
    }
    for (path, is_restricted) in [
        ("/settings/admin", true),
        ("/settings/admin/users", true),
        ("/settings/admin/users/", true),
        ("/setup", true),
        ("/settings/account", false),
        ("/login", false),
    ] {
        endpoints.push(Endpoint { method: Method::GET, path: path.to_owned(), is_restricted });
    }
    assert!(endpoints.len() > 150, "{}", endpoints.len());
    endpoints
}

fn ask(agent: &mut Agent, endpoint: &Endpoint) -> Answer {
    agent.send(endpoint.method.clone(), &endpoint.path, None, bytes::Bytes::new())
}

/// pocketid numbers its answers.
fn is_of_pocketid(answer: &Answer) -> bool {
    !answer.header("x-request-id").is_empty()
}

#[test]
fn administration_is_for_the_chosen_addresses_alone_when_it_is_restricted() {
    for kind in KINDS {
        let front = Front::restricted(kind);
        let (mut outside, mut inside) = (front.program(CLIENT), front.program(INSIDE));
        for endpoint in endpoints() {
            let name = format!("{kind:?} {} {}", endpoint.method, endpoint.path);
            let refused = ask(&mut outside, &endpoint);
            let is_refused = refused.status == 403 && !is_of_pocketid(&refused);
            assert_eq!(is_refused, endpoint.is_restricted, "{name}: {refused:?}");
            if endpoint.is_restricted {
                assert!(is_of_pocketid(&ask(&mut inside, &endpoint)), "{name}");
            }
        }
        other_ways(&front, kind);
    }
}

/// Other ways to write the same address lead to no page.
fn other_ways(front: &Front, kind: Kind) {
    for path in [
        "/settings/%61dmin/users",
        "//settings/admin/users",
        "/settings//admin/users",
        "/login/../settings/admin/users",
        "/login/%2e%2e/settings/admin/users",
        "/settings/admin%2fusers",
        "/settings/./admin/users",
        "/Settings/Admin/users",
        "/settings/admin/users;x",
        "/api/signing-keys/../users/me",
        "/api/users/me/../../signing-keys",
        "/api/users/me/%2e%2e/%2e%2e/signing-keys",
    ] {
        let answer = front.program(CLIENT).get(path);
        let leads_nowhere = matches!(answer.status, 400 | 403 | 404)
            || answer.status == 308 && !answer.location().contains("admin");
        assert!(leads_nowhere, "{kind:?} {path}: {answer:?}");
    }
}

/// Traefik's rules are evaluated by a script, since it cannot be run here.
#[test]
fn the_compose_file_is_valid_and_its_rules_restrict_administration() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let list: String = endpoints()
        .iter()
        .map(|it| format!("{} {} {}\n", it.is_restricted, it.method, it.path))
        .collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), list).unwrap();

    let mut python = Command::new(root.join(".venv/bin/python"));
    python
        .arg(root.join("tests/proxies/compose.py"))
        .arg(root.join("packaging/compose/compose.yaml"))
        .arg(file.path());
    let ran = run(&mut python);

    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}
