//! `/api/doctor`: an addition to Pocket ID.

use std::thread;

use hyper::Method;
use serde_json::{Value, json};

use super::{administrator, fields, only_administrators_may};
use crate::support::op::TestOp;

const PATH: &str = "/api/doctor";
const OFFLINE: &str = "/api/doctor?offline=true";

/// The checks, each with its status and its finding.
fn told(found: &Value) -> Vec<String> {
    let text = |one: &Value, name: &str| one[name].as_str().unwrap().to_owned();
    let tell = |one: &Value| {
        format!("{} {}: {}", text(one, "check"), text(one, "status"), text(one, "finding"))
    };
    found["findings"].as_array().unwrap().iter().map(tell).collect()
}

fn has(found: &Value, words: &str) -> bool {
    told(found).iter().any(|one| one.contains(words))
}

#[test]
fn a_running_server_is_examined_with_its_own_settings_and_database() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    let answer = root.get(PATH).ok();
    assert_eq!(answer.header("cache-control"), "no-store");
    let found = answer.json();
    assert_eq!(found["status"], "problem", "no administrator has a passkey");
    for words in [
        "settings warning: requests are not limited",
        "encryption key ok: the one in ENCRYPTION_KEY decrypts every secret",
        &format!("reachable ok: {} leads to this installation", op.base_url()),
        "administrators problem: no administrator has a passkey",
        "clients ok: there are no clients yet",
    ] {
        assert!(has(&found, words), "{words}\n{found:#}");
    }
    assert!(
        found["findings"]
            .as_array()
            .unwrap()
            .iter()
            .any(|one| one["mend"] == "pocketid recover root")
    );

    let client = op.client();
    op.beside_args(&["client", "update", &client.id, "--callback", "*"]).expect_success();
    let found = root.get(OFFLINE).ok().json();
    assert!(has(&found, "clients warning: the callback *"), "{found:#}");
    assert!(!has(&found, "reachable"), "nothing is asked of APP_URL\n{found:#}");
}

#[test]
fn an_address_that_leads_elsewhere_is_found_and_several_administrators_are_answered() {
    // No server listens at the first port of this machine.
    let op = TestOp::with_settings(&[
        ("DISABLE_RATE_LIMITING", "true"),
        ("APP_URL", "http://localhost:1"),
    ]);
    let root = administrator(&op);
    let asks = || {
        let mut agent = root.clone();
        thread::spawn(move || agent.get(PATH).ok().json())
    };
    for asked in [asks(), asks()] {
        let found = asked.join().unwrap();
        assert!(has(&found, "reachable problem: nothing answers at"), "{found:#}");
    }
}

#[test]
fn nobody_else_learns_the_faults_and_a_misspelt_option_is_refused() {
    let op = TestOp::start();
    let mut root = administrator(&op);
    only_administrators_may(&op, &[(Method::GET, PATH, json!(null))]);
    assert_eq!(fields(&root.get("/api/doctor?offline=yes")), ["offline invalid_format"]);
    let foreign = op.agent().with_header("sec-fetch-site", "cross-site").get(PATH);
    assert_eq!(foreign.error(), "403 forbidden");
}

#[test]
fn faults_are_looked_for_a_few_times_only() {
    let op = TestOp::with_settings(&[]);
    let mut root = administrator(&op);
    root.get(OFFLINE).ok();
    // A misspelt option counts, too, and is answered at once: a look at everything may take long.
    let misspelt = (0..100).map(|_| root.get("/api/doctor?offline=yes").status);
    assert_eq!(misspelt.take_while(|status| *status == 400).count(), 9);
    assert_eq!(root.get(OFFLINE).error(), "429 rate_limited");
    op.advance(10);
    root.get(OFFLINE).ok();
}

#[test]
fn a_finding_holds_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("passphrase");
    std::fs::write(&file, "a passphrase that is-not-shown").unwrap();
    let op = TestOp::with_settings(&[
        ("DISABLE_RATE_LIMITING", "true"),
        ("STATIC_API_KEY", "a-static-key-that-is-not-shown"),
        ("S3_ACCESS_KEY_ID", "id"),
        ("S3_SECRET_ACCESS_KEY", "a secret that is-not-shown"),
        ("BACKUP_PASSPHRASE_FILE", file.to_str().unwrap()),
        ("SMTP_PASSWORD", "a password that is-not-shown"),
    ]);
    let mut root = administrator(&op);
    let found = root.get(PATH).ok().text();
    assert!(found.contains("may read") && found.contains("BACKUP_PASSPHRASE_FILE"), "{found}");
    assert!(!found.contains("is-not-shown") && !found.contains("a key for tests"), "{found}");
}
