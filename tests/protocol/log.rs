//! The contents of the log, and the secrets that it must not contain.

use std::{
    fs::File,
    process::{Command, Stdio},
};

use bytes::Bytes;
use hyper::Method;
use serde_json::{Value, json};

use crate::support::{
    agent::Agent,
    flow::interaction_id,
    op::{TestClient, TestOp},
    patience::{ended, run},
    ports::free_port,
    soft_authenticator::SoftAuthenticator,
    wait_until,
};

/// One line for each request, and in none of them anything that lets its reader act for a user.
#[test]
fn no_code_token_secret_cookie_or_address_gets_into_the_log() {
    let op = TestOp::start();
    let (client, user) = (op.client(), op.user("alice"));
    let code = op.one_time_code(user.id, 600);
    let port = free_port();
    let log = op.folder().join("log");
    let server = Command::new(env!("CARGO_BIN_EXE_pocketid"))
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .env_clear()
        .env("APP_URL", format!("http://localhost:{port}"))
        .envs(op.environment())
        .env("LOG_LEVEL", "debug")
        .current_dir(op.folder())
        .stdin(Stdio::null())
        .stderr(File::create(&log).unwrap())
        .spawn()
        .unwrap();

    let secrets = sign_in_and_fail(&format!("http://localhost:{port}"), &client, &code);
    // It writes its last lines when it is asked to end.
    let id = server.id().to_string();
    assert!(run(Command::new("kill").args(["-s", "TERM", &id])).status.success());
    ended(server);

    let log = std::fs::read_to_string(log).unwrap();
    for secret in secrets {
        assert!(secret.len() > 5 && !log.contains(&secret), "{secret} is in the log:\n{log}");
    }
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let line = lines.iter().find(|line| line["error"] == "invalid_grant").unwrap();
    assert_eq!((&line["route"], &line["status"]), (&json!("/api/oidc/token"), &json!(400)));
    assert!(line["request_id"].is_string() && line["detail"].is_string());
    assert!(lines.iter().any(|line| line["client_id"] == client.id.as_str()));
}

/// Goes through everything that has a secret in it; gives the secrets.
fn sign_in_and_fail(base_url: &str, client: &TestClient, code: &str) -> Vec<String> {
    let mut agent = Agent::new(base_url);
    wait_until(|| agent.try_send(Method::GET, "/healthz", None, Bytes::new()).is_ok());
    agent.get(&format!("/lc/{code}")).ok();
    agent.post(&format!("/api/one-time-access-token/{code}"), &Value::Null).ok();
    let mut authenticator = SoftAuthenticator::new(base_url);
    authenticator.register(&mut agent).ok();
    authenticator.sign_in(&mut agent).ok();
    authenticator.reauthenticate(&mut agent).ok();
    let cookies: Vec<String> = agent.cookies.values().cloned().collect();

    let interaction = interaction_id(&agent.get(&client.authorize_path(&[]))).unwrap();
    agent.get(&format!("/interaction?interaction={interaction}")).ok();
    let path = format!("/api/oidc/interactions/{interaction}/complete");
    agent.post(&path, &json!({"step": "consent"})).ok();
    let answer = agent.get(&format!("/authorize?interaction={interaction}"));
    let code_for_client = answer.location_param("code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code_for_client.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("client_id", client.id.as_str()),
        ("client_secret", client.secret.as_str()),
    ];
    let tokens = agent.post_form("/api/oidc/token", &fields).ok().json();
    let token = |name: &str| tokens[name].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {}", token("access_token"));
    agent.with_header("authorization", &bearer).get("/api/oidc/userinfo").ok();
    let others = use_the_other_endpoints(&mut agent, client, &tokens);
    assert_eq!(agent.post_form("/api/oidc/token", &fields).status, 400);

    let mut secrets = vec![code.to_owned(), interaction, code_for_client, client.secret.clone()];
    secrets.extend([token("access_token"), token("refresh_token"), token("id_token")]);
    secrets.extend([client.redirect_uri.clone(), "state-of-the-client".to_owned()]);
    secrets.extend(cookies);
    secrets.extend(others);
    secrets
}

/// Goes to the endpoints that are left, well and badly; gives the secrets.
fn use_the_other_endpoints(agent: &mut Agent, client: &TestClient, tokens: &Value) -> Vec<String> {
    let own = [("client_id", client.id.as_str()), ("client_secret", client.secret.as_str())];
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let request: Vec<_> = client.authorize_fields(&[("login_hint", "somebody@example.org")]);
    let mut fields: Vec<_> = request.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    fields.push(own[1]);
    let pushed = text(&agent.post_form("/api/oidc/par", &fields).ok().json()["request_uri"]);
    let codes = agent.post_form("/api/oidc/device/authorize", &own).ok().json();
    let (device_code, user_code) = (text(&codes["device_code"]), text(&codes["user_code"]));
    agent.get(&format!("/device?user_code={user_code}")).ok();
    agent.post(&format!("/api/oidc/device/deny?code={user_code}"), &Value::Null).ok();
    let poll = [("grant_type", crate::support::device::GRANT_TYPE), ("device_code", &device_code)];
    assert_eq!(agent.post_form("/api/oidc/token", &[&poll[..], &own].concat()).status, 400);

    let (hint, refresh_token) = (text(&tokens["id_token"]), text(&tokens["refresh_token"]));
    let (wrong, assertion) = ("a-secret-that-is-wrong", format!("{hint}A"));
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    for more in [
        &[own[0], ("client_secret", wrong)][..],
        &[("client_assertion_type", kind), ("client_assertion", &assertion)],
        &[own[0], own[1], ("token", &refresh_token), ("token", wrong)],
        &own,
    ] {
        let token = [("token", refresh_token.as_str())];
        agent.post_form("/api/oidc/introspect", &[&token, more].concat());
    }
    agent.get(&format!("/api/oidc/end-session?id_token_hint={hint}&state={wrong}"));
    agent.get(&format!("/authorize?state={wrong}&state={wrong}&request={assertion}"));
    agent.get(&format!("/authorize?client_id={}&request_uri={pushed}x", client.id));
    vec![pushed, device_code, user_code, wrong.into(), assertion, "somebody@example.org".into()]
}
