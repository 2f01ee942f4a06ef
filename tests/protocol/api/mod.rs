//! Administration by the REST API (Pocket ID 2.14): a file per noun.

mod api_access;
mod api_keys;
mod apis;
mod app_config;
mod audit_logs;
mod backups;
mod clients;
mod configuration;
mod custom_claims;
mod directory_accounts;
mod doctor;
mod doors;
mod every_route;
mod groups;
mod hostile_documents;
mod hostile_pictures;
mod images;
mod ldap;
mod members;
mod profile_pictures;
mod recipes;
mod scim_providers;
mod scim_tokens;
mod signing_keys;
mod signup_tokens;
mod user_access;
mod users;
mod version;

use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::{Agent, Answer},
    op::TestOp,
    server::Server,
};

/// A program of an administrator.
fn administrator(op: &TestOp) -> Agent {
    let root = op.user("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let key = op.beside("api-key create script --for root").ok();
    op.agent().with_header("x-api-key", key.trim())
}

/// Sends each of these requests without credentials and without the rights of an administrator: they learn
/// nothing.
fn only_administrators_may(op: &TestOp, requests: &[(Method, &str, Value)]) {
    let alice = op.user("alice");
    let key = op.beside_args(&["api-key", "create", "hers", "--for", alice.username.as_str()]).ok();
    for (method, path, body) in requests {
        let ask = |agent: &mut Agent| agent.json(method.clone(), path, body).error();
        assert_eq!(ask(&mut op.agent()), "401 not_signed_in", "{method} {path}");
        let mut hers = op.agent().with_header("x-api-key", key.trim());
        assert_eq!(ask(&mut hers), "403 forbidden", "{method} {path}");
    }
}

fn put(agent: &mut Agent, path: &str, body: &Value) -> Answer {
    agent.json(Method::PUT, path, body)
}

fn delete(agent: &mut Agent, path: &str) -> Answer {
    agent.json(Method::DELETE, path, &json!(null))
}

/// The head of a PNG of these sides.
fn png(width: u32, height: u32) -> Vec<u8> {
    let sides = [width.to_be_bytes(), height.to_be_bytes()].concat();
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &sides[..], b"\x08\x02\0\0\0"].concat()
}

/// Uploads a file by `PUT`.
fn upload(agent: &mut Agent, path: &str, bytes: &[u8]) -> Answer {
    send_file(agent, Method::PUT, path, bytes)
}

/// Sends a form with a file.
fn send_file(agent: &mut Agent, method: Method, path: &str, bytes: &[u8]) -> Answer {
    let head = b"--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\
                 Content-Type: image/png\r\n\r\n";
    let body = [&head[..], bytes, b"\r\n--X--\r\n"].concat();
    agent.send(method, path, Some("multipart/form-data; boundary=X"), body.into())
}

/// The most memory that a server has taken, in KiB.
fn peak(server: &Server) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.child.id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// The field errors of a refusal, as `field code`.
fn fields(answer: &Answer) -> Vec<String> {
    let fields = answer.json()["details"]["fields"].clone();
    let tell = |one: &Value| {
        format!("{} {}", one["field"].as_str().unwrap(), one["code"].as_str().unwrap())
    };
    fields.as_array().unwrap().iter().map(tell).collect()
}
