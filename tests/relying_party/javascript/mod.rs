//! The libraries of JavaScript servers: openid-client, and oauth4webapi below it.

mod oauth4webapi;
mod openid_client;

use std::process::Command;

use pocketid::{
    crypto::Algorithm,
    model::{Client, ClientType},
};
use serde_json::{Value, json};

use crate::support::{
    op::TestOp,
    program::{relying_party, run},
};

/// How a client is registered, how it asks, and how it takes its answer.
#[derive(Debug, Clone, Copy)]
struct Way {
    auth_method: &'static str,
    response_mode: &'static str,
    pushes: bool,
    algorithm: Algorithm,
}

const WAYS: [Way; 6] = [
    Way { auth_method: "client_secret_basic", ..Way::USUAL },
    Way { auth_method: "client_secret_post", response_mode: "form_post", ..Way::USUAL },
    Way { auth_method: "none", ..Way::USUAL },
    Way { auth_method: "none", response_mode: "fragment", ..Way::USUAL },
    Way { auth_method: "client_secret_basic", pushes: true, ..Way::USUAL },
    Way { auth_method: "none", pushes: true, ..Way::USUAL },
];

/// Where users come out who signed out.
const BYE: &str = "https://app.example.com/bye";

impl Way {
    const USUAL: Self = Self {
        auth_method: "client_secret_basic",
        response_mode: "query",
        pushes: false,
        algorithm: Algorithm::Rs256,
    };
}

/// Runs a program for a user who signs in for the first time.
#[track_caller]
fn result(program: &str, way: Way) -> Value {
    result_with(program, way, &json!({}), |_| {})
}

/// The same with more in the configuration, for a client that is changed.
#[track_caller]
fn result_with(program: &str, way: Way, more: &Value, change: impl FnOnce(&mut Client)) -> Value {
    let op = TestOp::start();
    let mut ada = op.person("ada");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.requires_pkce = true;
        client.requires_pushed_authorization_requests = way.pushes;
        client.id_token_signed_response_alg = way.algorithm;
        client.post_logout_redirect_uris.push(BYE.parse().expect("a redirect URI"));
        if way.auth_method == "none" {
            client.client_type = ClientType::Public;
        }
        change(client);
    });
    let mut command = Command::new("node");
    command.arg(relying_party("javascript").join(program));
    let mut config = json!({
        "client_id": client.id,
        "client_secret": client.secret,
        "redirect_uri": client.redirect_uri,
        "post_logout_redirect_uri": BYE,
        "auth_method": way.auth_method,
        "response_mode": way.response_mode,
        "pushes": way.pushes,
        "algorithm": way.algorithm.as_str(),
    });
    config.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    run(command, &op, &mut ada, config)
}

#[track_caller]
fn assert_is_ada(result: &Value, names: &[&str]) {
    for name in names {
        assert_eq!(result[name]["preferred_username"], "ada", "{name}: {result}");
        assert_eq!(result[name]["email"], "ada@example.com", "{name}: {result}");
    }
}
