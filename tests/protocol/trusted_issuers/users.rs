//! Which user an issuer means, and what ends it.

use pocketid::{crypto::jws, model::User};
use serde_json::{Value, json};

use super::{GRANT, NOTES, Office, REFUSED, TYPE};
use crate::support::{agent::Answer, issuer::Issuer};

#[test]
fn a_subject_stands_for_the_user_that_it_came_with_first() {
    let office = Office::open();
    let op = &office.op;
    let bob = op.user("bob");
    op.change_user(bob.id, |user| user.email_verified = true);
    op.beside("group assign staff bob").expect_success();
    let subject = |answer: Answer| -> Value {
        let token = answer.ok().json()["access_token"].as_str().unwrap().to_owned();
        jws::peek_claims::<Value>(&token).unwrap()["sub"].clone()
    };
    office.bring(&json!({})).ok();

    // The address got another owner there: that one is not alice.
    assert_eq!(office.bring(&json!({"sub": "00u2"})).error(), REFUSED);
    // Alice has another address there, even that of another user here: she stays alice.
    let moved = office.bring(&json!({"email": "bob@example.com"}));
    assert_eq!(subject(moved), office.alice.id.to_string());
    let without = office.bring(&json!({"email": null, "email_verified": null}));
    assert_eq!(subject(without), office.alice.id.to_string());
    // And bob is another one.
    let answer = office.bring(&json!({"sub": "00u3", "email": "BOB@example.com"}));
    assert_eq!(subject(answer), bob.id.to_string());
    assert_eq!(op.count("asserted_subjects"), 2);
}

#[test]
fn users_who_may_not_use_the_client_get_no_token() {
    let office = Office::open();
    let op = &office.op;
    let change = |change: fn(&mut User)| op.change_user(office.alice.id, change);
    change(|user| user.email_verified = false);
    assert_eq!(office.bring(&json!({})).error(), REFUSED, "her address here is not verified");
    change(|user| user.email_verified = true);
    change(|user| user.disabled = true);
    assert_eq!(office.bring(&json!({})).error(), REFUSED, "she is disabled");
    change(|user| user.disabled = false);
    op.beside("group unassign staff alice").expect_success();
    assert_eq!(office.bring(&json!({})).error(), REFUSED, "she is not of the staff");
    assert_eq!(office.rows(), (0, 0));
    op.beside("group assign staff alice --until 1h").expect_success();
    office.bring(&json!({})).ok();
    op.advance(3_700);
    assert_eq!(office.bring(&json!({})).error(), REFUSED, "she was of the staff");
}

#[test]
fn tokens_end_with_the_user_the_group_and_the_trust() {
    let token_of = |office: &Office| {
        let token = office.token();
        assert!(office.is_active(&token));
        token
    };
    let lines = [
        "user disable alice",
        "group unassign staff alice",
        "client trusted-issuer remove CLIENT --issuer ISSUER",
        "client trusted-issuer add CLIENT --issuer ISSUER --jwks https://other.example.com/keys",
        "session revoke --all alice",
    ];
    let office = Office::open();
    for line in lines {
        let _ = office.op.beside("user enable alice");
        let _ = office.op.beside("group assign staff alice");
        let again = "client trusted-issuer add CLIENT --issuer ISSUER";
        let fill = |line: &str| {
            line.replace("CLIENT", &office.client.id).replace("ISSUER", &office.issuer.url)
        };
        office.op.beside(&fill(again)).expect_success();
        let token = token_of(&office);
        office.op.beside(&fill(line)).expect_success();
        assert!(!office.is_active(&token), "{line}");
    }
}

#[test]
fn the_last_client_that_trusts_an_issuer_takes_its_users_along() {
    let office = Office::open();
    let (op, issuer) = (&office.op, &office.issuer.url);
    let trust = |verb: &str, client: &str| {
        let args = ["client", "trusted-issuer", verb, client, "--issuer", issuer];
        op.beside_args(&args).expect_success();
    };
    let other = op.client_with("https://other.example.com/callback", |client| {
        client.is_group_restricted = true;
    });
    trust("add", &other.id);
    office.bring(&json!({})).ok();
    trust("remove", &office.client.id);
    assert_eq!(op.count("asserted_subjects"), 1);
    assert_eq!(office.bring(&json!({})).error(), REFUSED);
    op.beside(&format!("client delete {} --yes", other.id)).expect_success();
    assert_eq!(op.count("asserted_subjects"), 0);
    // The next owner of the address begins anew.
    trust("add", &office.client.id);
    office.bring(&json!({"sub": "00u2"})).ok();
}

#[test]
fn a_new_address_here_and_a_disabled_account_begin_anew() {
    let office = Office::open();
    let op = &office.op;
    let mallory = json!({"sub": "mallory", "email": "mallory@example.com"});
    // Another address for a moment opens no lasting way in.
    op.beside("user update alice --email mallory@example.com").expect_success();
    op.change_user(office.alice.id, |user| user.email_verified = true);
    let token = office.bring(&mallory).ok().json();
    op.beside("user update alice --email alice@example.com").expect_success();
    op.change_user(office.alice.id, |user| user.email_verified = true);
    assert!(!office.is_active(token["access_token"].as_str().unwrap()));
    assert_eq!(office.bring(&mallory).error(), REFUSED);
    office.bring(&json!({})).ok();
    op.beside("user disable alice").expect_success();
    op.beside("user enable alice").expect_success();
    office.bring(&json!({"sub": "00u2"})).ok();
}

#[test]
fn an_issuer_with_other_keys_is_another_issuer() {
    let office = Office::open();
    let (op, test) = (&office.op, Issuer::start());
    let bob = op.user("bob");
    op.change_user(bob.id, |user| user.email_verified = true);
    op.beside("group assign staff bob").expect_success();
    // Another client trusts keys of a test in the name of the issuer. They say that the subject of bob is alice.
    let issuers = json!([{"issuer": office.issuer.url, "jwks": format!("{}/keys", test.url)}]);
    let other = op.client_with("https://other.example.com/callback", |client| {
        client.is_group_restricted = true;
        client.trusted_issuers = serde_json::from_value(issuers).unwrap();
    });
    op.beside(&format!("client update {} --group staff", other.id)).expect_success();
    op.beside(&format!("api grant {NOTES} {} --permission read", other.id)).expect_success();
    let forged = office.claims(&json!({"sub": "bob", "client_id": other.id, "scope": "read"}));
    let assertion = jws::sign(&test.key, TYPE, &forged);
    op.token(&other, &[("grant_type", GRANT), ("assertion", &assertion)]).ok();

    let honest = office.bring(&json!({"sub": "bob", "email": "bob@example.com"})).ok().json();

    let claims: Value = jws::peek_claims(honest["access_token"].as_str().unwrap()).unwrap();
    assert_eq!(claims["sub"], bob.id.to_string());
}

/// A client must not learn which users have an account here.
#[test]
fn who_is_in_no_group_of_the_client_is_as_unknown_as_nobody() {
    let office = Office::open();
    let eve = office.op.user("eve");
    office.op.change_user(eve.id, |user| user.email_verified = true);
    for email in ["eve@example.com", "nobody@example.com"] {
        let changes = json!({"sub": "e", "email": email, "resource": "https://no.example.com"});
        assert_eq!(office.bring(&changes).error(), REFUSED, "{email}");
    }
}

#[test]
fn services_are_not_named_by_issuers_of_people() {
    let office = Office::open();
    let service = office.op.beside("service create robot --group staff");
    service.expect_success();
    office.op.execute(
        "UPDATE users SET email = 'robot@example.com', email_folded = 'robot@example.com',
                          email_verified = 1
          WHERE username = 'robot'",
    );
    let answer = office.bring(&json!({"sub": "r", "email": "robot@example.com"}));
    assert_eq!(answer.error(), REFUSED);
}

#[test]
fn one_subject_for_the_first_time_eight_times_at_once_is_one_user() {
    let office = Office::open();
    let assertion = office.assertion(&json!({}));
    let won = super::super::token_endpoint::at_once(|| office.send(&assertion, &[]).status == 200);
    assert_eq!((won, office.op.count("asserted_subjects")), (8, 1));
}
