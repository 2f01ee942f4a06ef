//! The verbs through their doors: rules, and what each door says.

use hyper::Method;
use serde_json::{Value, json};

use super::receiver::{Receiver, Reply, create};
use crate::support::{agent::Agent, op::TestOp};

const ALL: &str = "/api/webhooks";

fn administrator(op: &TestOp) -> Agent {
    let root = op.user("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let key = op.beside("api-key create script --for root").ok();
    op.agent().with_header("x-api-key", key.trim())
}

#[test]
fn a_webhook_is_created_shown_changed_and_deleted_over_the_api() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let body = json!({
        "name": "alerts", "url": "https://alerts.example.com/hook", "events": ["sign_in"],
        "isEnabled": false,
    });
    let made = root.post(ALL, &body);
    assert_eq!(made.status, 201);
    let mut made = made.json();
    let secret = made.as_object_mut().unwrap().remove("secret").unwrap();
    assert!(secret.as_str().unwrap().starts_with("whsec_"));
    assert_eq!(made["events"], json!(["SIGN_IN"]));
    let path = format!("{ALL}/{}", made["id"].as_str().unwrap());
    assert_eq!(root.get(&path).ok().json(), made);
    assert_eq!(root.get(ALL).ok().json()["data"], json!([made]));

    let other = json!({ "name": "people", "url": "http://10.0.0.7/", "events": [] });
    let changed = root.json(Method::PUT, &path, &other).ok().json();
    assert_eq!((&changed["name"], &changed["isEnabled"]), (&json!("people"), &json!(true)));
    let rotated = root.post(&format!("{path}/rotate-secret"), &json!({})).ok().json();
    assert_ne!(rotated["secret"], secret);
    assert_ne!(rotated["previousSecretUntil"], json!(null));
    assert_eq!(root.json(Method::DELETE, &path, &json!({})).status, 204);
    assert_eq!(root.get(&path).error(), "404 not_found");
    let kinds = op.audit_kinds();
    for kind in ["CREATED", "CHANGED", "SECRET_ROTATED", "DELETED"] {
        let kind = format!("WEBHOOK_{kind}");
        assert_eq!(kinds.iter().filter(|found| **found == kind).count(), 1, "{kind}");
    }
}

#[test]
fn every_wrong_field_is_told() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let body = json!({ "name": "", "url": "ftp://a.example.com", "events": ["NOTHING"] });
    let refused = root.post(ALL, &body);
    assert_eq!(refused.status, 400);
    for field in ["name", "url", "events"] {
        assert!(refused.text().contains(&format!("\"{field}\"")), "{}", refused.text());
    }
    assert_eq!(op.count("webhooks"), 0);
}

#[test]
fn names_are_unique_and_no_ids_and_there_are_at_most_50() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let body =
        |name: &str| json!({ "name": name, "url": "https://a.example.com", "isEnabled": false });
    assert_eq!(root.post(ALL, &body("alerts")).status, 201);
    assert_eq!(root.post(ALL, &body("alerts")).error(), "409 already_in_use");
    let id = "018f0000-0000-7000-8000-000000000000";
    assert_eq!(root.post(ALL, &body(id)).status, 400);
    for number in 1..50 {
        assert_eq!(root.post(ALL, &body(&format!("hook {number}"))).status, 201);
    }
    assert_eq!(root.post(ALL, &body("one more")).error(), "409 too_many_webhooks");
    assert_eq!(op.count("webhooks"), 50);
}

/// A stolen session must not have events sent elsewhere.
#[test]
fn a_browser_needs_a_fresh_passkey_to_send_events_elsewhere() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    let body = json!({ "name": "alerts", "url": "https://a.example.com", "isEnabled": false });
    let made = root.agent.post(ALL, &body).ok().json();
    op.advance(900);
    let refused = |answer: crate::support::agent::Answer| {
        assert_eq!(answer.error(), "401 reauthentication_required");
    };
    refused(root.agent.post(ALL, &json!({ "name": "b", "url": "https://b.example.com" })));
    let path = format!("{ALL}/{}", made["id"].as_str().unwrap());
    let elsewhere = json!({ "name": "alerts", "url": "https://b.example.com" });
    refused(root.agent.json(Method::PUT, &path, &elsewhere));
    refused(root.agent.post(&format!("{path}/rotate-secret"), &json!({})));
    assert_eq!(op.texts("SELECT url FROM webhooks"), ["https://a.example.com"]);

    // Changes that do not redirect messages need no passkey.
    let renamed = json!({ "name": "people", "url": "https://a.example.com", "isEnabled": false });
    assert_eq!(root.agent.json(Method::PUT, &path, &renamed).status, 200);
    assert_eq!(root.agent.json(Method::DELETE, &path, &json!({})).status, 204);
}

#[test]
fn a_test_event_is_sent_at_once_and_its_result_told() {
    let op = TestOp::start();
    let receiver =
        Receiver::start_with(|number| Reply::Status(if number == 1 { 403 } else { 200 }));
    create(&op, &receiver.url(), &["--disabled"]);
    op.beside("webhook test alerts").expect(0, "alerts accepted the test event.\n", "");
    assert_eq!(receiver.kinds(), ["PING"]);
    assert_eq!(receiver.received()[0].json()["data"], json!({ "webhook": "alerts" }));

    let refused = op.beside("webhook test alerts");
    assert!(refused.stderr.contains("alerts did not accept the test event: it answered 403"));
    let shown = op.beside("webhook show alerts --output json").ok();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(shown["lastError"], "it answered 403");
    refused.expect_failure(1);

    let mut root = administrator(&op);
    let path = format!("{ALL}/{}/test", shown["id"].as_str().unwrap());
    assert_eq!(root.post(&path, &json!({})).status, 204);
    op.beside("webhook update alerts --url http://127.0.0.1:1/hook").expect_success();
    let failed = root.post(&path, &json!({}));
    assert_eq!(failed.error(), "502 webhook_not_delivered");
    assert!(failed.text().contains("cannot talk to 127.0.0.1"), "{}", failed.text());
}

#[test]
fn the_terminal_says_what_to_do() {
    let op = TestOp::start();
    let url = "https://alerts.example.com/hook";
    op.beside(&format!("webhook create alerts --url {url} --disabled")).expect_success();
    op.beside(&format!("webhook create alerts --url {url}")).refused(
        1,
        &[
            "error: the webhook alerts already exists",
            "hint: choose another name; to list them: pocketid webhook list",
        ],
    );
    let kept = op.beside(&format!("webhook create alerts --url {url} --if-absent"));
    assert_eq!(kept.stdout, "");
    op.beside("webhook show alert")
        .refused(1, &["error: there is no webhook \"alert\"", "hint: did you mean alerts?"]);
    op.beside("webhook delete alerts").expect_failure(2);
    op.beside("webhook delete other --yes --if-present").expect_success();
    op.beside("webhook create x --url https://u:p@a.example.com").expect_failure(2);
    op.beside("webhook create x --url https://a.example.com --event SIGN").expect_failure(2);
    let listed: Value = op.beside("webhook list --output json").json();
    assert_eq!(listed.as_array().unwrap().len(), 1);
}

#[test]
fn a_file_describes_webhooks_without_their_secrets() {
    let op = TestOp::start();
    let cli = op.cli();
    let file = "webhooks:\n  - name: alerts\n    url: https://alerts.example.com/hook\n    events: [SIGN_IN]\n";
    cli.write("config.yaml", file);
    cli.run("apply -f config.yaml").expect_success();
    cli.run("diff -f config.yaml").expect_success();
    let exported = cli.run("export-config").ok();
    for part in ["webhooks:", "name: alerts", "url: https://alerts.example.com/hook", "- SIGN_IN"] {
        assert!(exported.contains(part), "{part} in {exported}");
    }
    assert!(!exported.contains("whsec_"), "{exported}");

    cli.write("config.yaml", file.replace("[SIGN_IN]", "[]\n    isEnabled: false"));
    cli.run("apply -f config.yaml").expect_success();
    let shown = cli.run("webhook show alerts --output json").json();
    assert_eq!((&shown["events"], &shown["isEnabled"]), (&json!([]), &json!(false)));

    for (wrong, told) in [
        ("webhooks:\n  - name: other\n", "url is missing, and the webhook other is new"),
        ("webhooks:\n  - name: alerts\n    events: [NOTHING]\n", "must be a kind of events"),
        ("webhooks:\n  - name: alerts\n    secret: x\n", "secret"),
    ] {
        cli.write("config.yaml", wrong);
        let refused = cli.run("apply -f config.yaml");
        assert!(refused.stderr.contains(told), "{told} in {}", refused.stderr);
        refused.expect_failure(3);
    }
    cli.write("config.yaml", "webhooks: []\n");
    cli.run("apply -f config.yaml --prune --yes").expect_success();
    assert_eq!(op.count("webhooks"), 0);
}

/// As by the page of webhooks.
#[test]
fn a_document_needs_a_fresh_passkey_to_send_events_elsewhere() {
    let op = TestOp::start();
    let mut root = op.person("root");
    op.change_user(root.id, |user| user.is_admin = true);
    op.advance(900);
    let document = json!({ "webhooks": [{ "name": "alerts", "url": "https://a.example.com" }] });
    let refused = root.agent.json(Method::PUT, "/api/configuration", &document);
    assert_eq!(refused.error(), "401 reauthentication_required");
    assert_eq!(op.count("webhooks"), 0);
}
