//! The code that the set-up asks for, unless the database is new.

use std::{sync::mpsc, thread, time::Duration};

use pocketid::store::{StoreError, meta};
use serde_json::{Value, json};

use crate::support::{agent::Answer, op::TestOp};

const HALF_AN_HOUR: i64 = 30 * 60;

fn set_up(op: &TestOp, code: Option<&str>) -> Answer {
    let mut body = json!({"username": "alice", "email": "alice@example.com"});
    if let Some(code) = code {
        body["setupCode"] = Value::from(code);
    }
    op.agent().post("/api/signup/setup", &body)
}

fn code(op: &TestOp) -> String {
    op.beside("setup --code").ok().trim().to_owned()
}

fn page_asks(op: &TestOp) -> bool {
    op.agent().get("/setup").ok().text().contains("name=\"setupCode\"")
}

#[test]
fn in_its_first_half_hour_a_database_is_set_up_without_a_code() {
    let op = TestOp::start();
    op.advance(HALF_AN_HOUR - 60);
    assert!(!page_asks(&op));
    set_up(&op, None).ok();
}

#[test]
fn after_half_an_hour_the_set_up_asks_for_a_code_that_every_server_accepts() {
    let op = TestOp::start();
    let code = code(&op);
    op.advance(HALF_AN_HOUR + 60);

    assert!(page_asks(&op));
    assert_eq!(set_up(&op, None).error(), "403 setup_code_required");
    assert_eq!(set_up(&op, Some(" ")).error(), "403 setup_code_required");
    for wrong in ["AAAA-AAAA-AAAA", &code[1..], &"A".repeat(5_000)] {
        assert_eq!(set_up(&op, Some(wrong)).error(), "403 setup_code_invalid");
    }
    assert_eq!(op.count("users"), 0);
    set_up(&op, Some(&code.to_lowercase().replace('-', " "))).ok();
    assert_eq!(set_up(&op, Some(&code)).error(), "409 setup_already_completed");
    assert_eq!(op.count("users"), 1);
}

/// The first start of such a database was not noted; so a restart begins no new half hour either.
#[test]
fn a_database_whose_first_start_is_not_known_is_not_new() {
    let op = TestOp::start();
    let code = code(&op);
    op.execute("DELETE FROM meta WHERE key = 'first_started_at'");
    let restarted = op.replica();

    assert!(page_asks(&restarted));
    assert_eq!(op.number("SELECT COUNT(*) FROM meta WHERE key = 'first_started_at'"), 0);
    assert_eq!(set_up(&restarted, Some(&code)).error(), "403 setup_code_invalid", "of that start");
}

#[test]
fn a_restart_does_not_begin_another_half_hour() {
    let op = TestOp::start();
    op.advance(HALF_AN_HOUR + 60);
    let moment = op.texts("SELECT 'x' FROM meta WHERE key = 'first_started_at'").len();
    let restarted = op.replica();
    restarted.advance(HALF_AN_HOUR + 60);

    assert_eq!(moment, 1);
    assert!(page_asks(&restarted));
}

#[test]
fn setup_code_says_whether_it_is_asked_for() {
    let always = TestOp::with_settings(&[("SETUP_CODE", "always")]);
    assert!(page_asks(&always));
    assert_eq!(set_up(&always, None).error(), "403 setup_code_required");
    set_up(&always, Some(&code(&always))).ok();

    let off = TestOp::with_settings(&[("SETUP_CODE", "off")]);
    off.advance(HALF_AN_HOUR * 1_000);
    assert!(!page_asks(&off));
    set_up(&off, None).ok();
}

#[test]
fn codes_cannot_be_tried_in_numbers() {
    let op = TestOp::with_settings(&[("SETUP_CODE", "always")]);
    let answers: Vec<_> = (0..6).map(|_| set_up(&op, Some("AAAA")).status).collect();
    assert_eq!(answers, [403, 403, 403, 403, 403, 429]);
}

/// Otherwise the first stranger to hear of it becomes the administrator of a system that is in use.
#[test]
fn taking_the_last_administrator_away_opens_the_set_up_for_those_with_the_code() {
    let op = TestOp::start();
    let first = code(&op);
    set_up(&op, None).ok();
    op.beside("user disable alice --yes").expect_success();

    assert!(page_asks(&op));
    let again = code(&op);
    assert_ne!(first, again);
    let body = |code: &str| json!({"username": "bob", "email": "b@example.com", "setupCode": code});
    let try_with = |code: &str| op.agent().post("/api/signup/setup", &body(code));
    assert_eq!(try_with(&first).error(), "403 setup_code_invalid");
    try_with(&again).ok();
}

fn reopenings(op: &TestOp) -> i64 {
    op.number("SELECT COUNT(*) FROM meta WHERE key = 'setup_reopened'")
}

/// Else the set-up would be open again, with the old code, when that administrator goes some day.
#[test]
fn an_administrator_who_may_sign_in_ends_the_reopened_set_up() {
    let op = TestOp::start();
    set_up(&op, None).ok();
    for comes_back in ["user enable alice", "user add bob --admin", "user update carol --admin"] {
        op.beside("user add carol").expect_success();
        op.beside("user disable alice --yes").expect_success();
        assert_eq!(reopenings(&op), 1, "{comes_back}");
        op.beside(comes_back).expect_success();
        assert_eq!(reopenings(&op), 0, "{comes_back}");
        op.beside("user enable alice").expect_success();
        op.beside("user remove carol --yes").expect_success();
        op.beside("user remove bob --yes --if-present").expect_success();
    }
}

#[test]
fn each_opening_has_another_code() {
    let op = TestOp::start();
    set_up(&op, None).ok();
    op.beside("user disable alice --yes").expect_success();
    let first = code(&op);
    op.beside("user enable alice").expect_success();
    op.beside("user disable alice --yes").expect_success();
    assert_ne!(code(&op), first);
}

/// The first check finds a new database, which asks for no code. Before the account is stored, another
/// process opens the set-up for people with the code.
#[test]
fn the_code_is_checked_in_the_transaction_that_closes_the_set_up() {
    let op = TestOp::start();
    if op.is_postgres() {
        // There a write does not wait for another one, but begins again.
        return;
    }
    let (begun, has_begun) = mpsc::channel();
    let (go_on, goes_on) = mpsc::channel();
    let answer = thread::scope(|scope| {
        let writes = scope.spawn(|| {
            op.store().write_blocking(move |tx| {
                meta::insert(tx, "setup_reopened", b"seed")?;
                begun.send(()).unwrap();
                goes_on.recv().unwrap();
                Ok::<_, StoreError>(())
            })
        });
        has_begun.recv().unwrap();
        let sets_up = scope.spawn(|| set_up(&op, None));
        // Long enough for the first check, as a rule; if it comes later, it sees the same.
        thread::sleep(Duration::from_millis(500));
        go_on.send(()).unwrap();
        writes.join().unwrap().unwrap();
        sets_up.join().unwrap()
    });

    assert_eq!(answer.error(), "403 setup_code_required");
    assert_eq!(op.count("users"), 0);
}
