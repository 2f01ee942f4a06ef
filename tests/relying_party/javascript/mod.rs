//! The libraries of JavaScript servers: openid-client, and oauth4webapi below it.

mod oauth4webapi;
mod openid_client;

use std::process::Command;

use pocketid::model::ClientType;
use serde_json::{Value, json};

use crate::support::{
    op::TestOp,
    program::{relying_party, run},
};

/// How a client proves itself, and how it takes its answer.
const WAYS: [(&str, &str); 4] = [
    ("client_secret_basic", "query"),
    ("client_secret_post", "form_post"),
    ("none", "query"),
    ("none", "fragment"),
];

/// Runs a program for a user who signs in for the first time.
fn result(program: &str, (auth_method, response_mode): (&str, &str)) -> Value {
    let op = TestOp::start();
    let mut ada = op.person("ada");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.requires_pkce = true;
        if auth_method == "none" {
            client.client_type = ClientType::Public;
        }
    });
    let mut command = Command::new("node");
    command.arg(relying_party("javascript").join(program));
    let config = json!({
        "client_id": client.id,
        "client_secret": client.secret,
        "redirect_uri": client.redirect_uri,
        "auth_method": auth_method,
        "response_mode": response_mode,
    });
    run(command, &op, &mut ada, config)
}

#[track_caller]
fn assert_is_ada(result: &Value, names: &[&str]) {
    for name in names {
        assert_eq!(result[name]["preferred_username"], "ada", "{name}: {result}");
        assert_eq!(result[name]["email"], "ada@example.com", "{name}: {result}");
    }
}
