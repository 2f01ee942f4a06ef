//! Limits on the storage and the work that strangers can ask of the server; honest users get through
//! meanwhile.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use pocketid::{
    crypto::{BearerToken, SystemRng},
    model::ClientType,
    store::{
        StoreError,
        pushed_authorization_requests::{self, NewPushedRequest},
        room::{PendingTable, Room, RowId},
    },
};
use serde_json::json;

use crate::support::{
    agent::{Agent, Answer},
    op::{TestClient, TestOp},
};

/// A provider with rate limits, behind a proxy that tells the address of the caller.
fn provider() -> TestOp {
    TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")])
}

fn from(op: &TestOp, address: &str) -> Agent {
    op.agent().with_header("x-forwarded-for", address)
}

fn public_client(op: &TestOp) -> TestClient {
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.client_type = ClientType::Public;
    });
    TestClient { secret: String::new(), ..client }
}

/// Pushes a request that is as large as it may be.
fn push(agent: &mut Agent, client: &TestClient) -> Answer {
    let padding = "x".repeat(2_000);
    let more =
        ["acr_values", "login_hint", "state", "ui_locales"].map(|name| (name, padding.as_str()));
    let pkce =
        [("code_challenge", crate::support::flow::CHALLENGE), ("code_challenge_method", "S256")];
    let mut fields = client.authorize_fields(&[more.as_slice(), pkce.as_slice()].concat());
    if !client.secret.is_empty() {
        fields.push(("client_secret".into(), client.secret.clone()));
    }
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    agent.post_form("/api/oidc/par", &fields)
}

#[track_caller]
fn assert_told_to_wait(answer: &Answer) {
    assert_eq!(answer.status, 429, "{}", answer.text());
    assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
}

/// 47 MB in 30 seconds, once.
#[test]
fn one_address_stores_few_pushed_requests_and_others_go_on() {
    let op = provider();
    let client = public_client(&op);
    let mut stranger = from(&op, "203.0.113.1");
    let mut answers: Vec<_> = (0..120).map(|_| push(&mut stranger, &client)).collect();

    let stored = op.number("SELECT SUM(LENGTH(parameters)) FROM pushed_authorization_requests");
    assert!(stored < 400_000, "{stored}");
    let last = answers.pop().unwrap();
    assert_told_to_wait(&last);
    assert_eq!(last.error(), "429 temporarily_unavailable");

    assert_eq!(push(&mut from(&op, "203.0.113.2"), &client).status, 201);
    let confidential = op.client();
    for _ in 0..60 {
        assert_eq!(push(&mut stranger, &confidential).status, 201, "it has proven who it is");
    }
}

/// A thousand rows in ten seconds, once.
#[test]
fn one_address_asks_for_few_device_codes_and_others_go_on() {
    let op = provider();
    let client = public_client(&op);
    let ask = |address: &str| {
        let fields = [("client_id", client.id.as_str()), ("scope", "openid")];
        from(&op, address).post_form("/api/oidc/device/authorize", &fields)
    };
    let answers: Vec<_> = (0..100).map(|_| ask("203.0.113.1")).collect();

    assert!(op.count("device_codes") < 45, "{}", op.count("device_codes"));
    assert_told_to_wait(answers.last().unwrap());
    assert_eq!(ask("203.0.113.2").status, 200);
}

#[test]
fn one_address_starts_few_ceremonies_and_others_go_on() {
    let op = provider();
    let start = |address: &str| from(&op, address).get("/api/webauthn/login/start");
    let answers = (0..400).map(|number| {
        // Of all requests, an address has one more every ten milliseconds.
        op.advance(i64::from(number % 100 == 99));
        start("203.0.113.1")
    });
    let answers: Vec<_> = answers.collect();

    assert!((300..330).contains(&op.count("ceremonies")), "{}", op.count("ceremonies"));
    assert!(answers.iter().any(|answer| answer.error() == "429 rate_limited"));
    assert_eq!(start("203.0.113.2").status, 200);
}

/// Each line of a /48 has a budget of its own; together they have that of eight.
#[test]
fn a_wide_ipv6_network_stores_as_much_as_a_few_lines() {
    let op = provider();
    let client = op.client();
    let padding = "x".repeat(2_000);
    let more =
        ["acr_values", "login_hint", "state", "ui_locales"].map(|name| (name, padding.as_str()));
    let path = client.authorize_path(&more);
    let begin = |address: &str| from(&op, address).get(&path);
    let answers: Vec<_> = (0..600).map(|line| begin(&format!("2001:db8:1:{line:x}::1"))).collect();

    let stored = op.number("SELECT SUM(LENGTH(parameters)) FROM interactions");
    assert!((1_500_000..3_500_000).contains(&stored), "{stored}");
    assert_told_to_wait(answers.last().unwrap());
    assert_eq!(begin("2001:db8:2::1").status, 302);
}

/// An attacker guesses from many addresses; the owner of a code has one.
#[test]
fn wrong_one_time_codes_are_braked_across_all_addresses_and_a_right_one_works() {
    let op = provider();
    let alice = op.user("alice");
    let (short, long) = (op.one_time_code(alice.id, 600), op.one_time_code(alice.id, 3_600));
    let guess = |address: &str, code: &str| {
        from(&op, address).post(&format!("/api/one-time-access-token/{code}"), &json!({})).status
    };
    let addresses: Vec<_> = (0..160).map(|n| format!("203.0.113.{n}")).collect();
    let looked_at = || addresses.iter().filter(|from| guess(from, "abcdef") == 401).count();
    // The brake is on after 300, and then each address has the rest of its first three guesses.
    assert_eq!([looked_at(), looked_at(), looked_at()], [160; 3]);
    assert!(looked_at() < 15);

    for _ in 0..3 {
        assert_eq!(guess("198.51.100.1", "abcdef"), 401, "a first guess is looked at");
    }
    assert_eq!(guess("198.51.100.1", &short), 429, "and a fourth one is not, even if it is right");
    assert_eq!(guess("198.51.100.1", &long), 200, "what cannot be guessed is not braked");
    assert_eq!(guess("198.51.100.2", &short), 200);
}

/// Each leaves a grant, a code and an audit entry; where sign-up is open, a stranger is a user.
#[test]
fn a_user_who_is_signed_in_to_an_application_without_end_has_to_wait() {
    let op = provider();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let path = client.authorize_path(&[("prompt", "none")]);

    let answers = (0..340).map(|number| {
        // Of all requests, an address has one more every ten milliseconds.
        op.advance(i64::from(number % 100 == 99));
        alice.agent.get(&path)
    });
    let answers: Vec<_> = answers.collect();

    assert!((299..302).contains(&op.count("grants")), "{}", op.count("grants"));
    let told = answers.iter().find(|answer| answer.status == 429).unwrap();
    assert_told_to_wait(told);
}

/// Which rows go is decided in memory; they go with the row that takes their place, or not at all.
#[test]
fn rows_that_make_room_go_in_the_transaction_of_the_new_one() {
    let op = TestOp::start();
    let client_id: pocketid::model::ClientId = op.client().id.parse().unwrap();
    let token = || BearerToken::generate("", op.new_id(), &SystemRng::new());
    let (old, new, expires_at) = (token(), token(), op.now().plus(90));
    let insert = |token: &BearerToken, evicted: Vec<RowId>, fails: bool| {
        let (token, client_id) = (token.clone(), client_id.clone());
        let room = Room::new(PendingTable::PushedRequests, evicted, || ());
        op.store().write_blocking(move |tx| {
            let (token, client_id, parameters) = (&token, &client_id, &BTreeMap::new());
            let pushed = NewPushedRequest { token, client_id, parameters, expires_at };
            pushed_authorization_requests::insert(tx, &room, &pushed)?;
            if fails { Err(StoreError::Busy) } else { Ok(()) }
        })
    };
    insert(&old, Vec::new(), false).unwrap();
    let is_there = |token: &BearerToken| {
        let (token, now) = (token.clone(), op.now());
        let find = move |tx: &mut pocketid::store::Tx<'_>| {
            pushed_authorization_requests::find(tx, &token, now)
        };
        op.store().read_blocking(find).unwrap().is_some()
    };

    insert(&new, vec![old.id().into()], true).unwrap_err();
    assert_eq!((is_there(&old), is_there(&new)), (true, false));
    insert(&new, vec![old.id().into()], false).unwrap();
    assert_eq!((is_there(&old), is_there(&new)), (false, true));
}

/// The counter of stored rows hears of a row that was not stored, however that came about.
#[test]
fn room_is_given_back_exactly_when_the_row_was_not_stored() {
    let op = TestOp::start();
    let client_id: pocketid::model::ClientId = op.client().id.parse().unwrap();
    let (token, expires_at) =
        (BearerToken::generate("", op.new_id(), &SystemRng::new()), op.now().plus(90));
    let is_given_back = |is_tried: bool| {
        let told = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&told);
        let or_else = move || tell.store(true, Ordering::SeqCst);
        let room = Room::new(PendingTable::PushedRequests, Vec::new(), or_else);
        if is_tried {
            let (token, client_id) = (token.clone(), client_id.clone());
            let stored = op.store().write_blocking(move |tx| {
                let (token, client_id, parameters) = (&token, &client_id, &BTreeMap::new());
                let pushed = NewPushedRequest { token, client_id, parameters, expires_at };
                pushed_authorization_requests::insert(tx, &room, &pushed)
            });
            drop(stored);
        } else {
            drop(room);
        }
        told.load(Ordering::SeqCst)
    };

    assert!(is_given_back(false), "nothing was tried");
    assert!(!is_given_back(true));
    assert_eq!(op.count("pushed_authorization_requests"), 1);
    assert!(is_given_back(true), "there is such a row already");
}
