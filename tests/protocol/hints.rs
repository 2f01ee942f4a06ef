//! OIDC Core §3.1.2.1 and §3.1.2.2: `id_token_hint`, `login_hint`, `ui_locales`, `max_age`, `display`.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{
    flow::{Person, interaction_id},
    op::{TestClient, TestOp},
};

fn id_token(op: &TestOp, client: &TestClient, person: &mut Person) -> String {
    let code = person.code(client, &[]);
    op.redeem(client, &code).ok().json()["id_token"].as_str().unwrap().to_owned()
}

/// OIDC Core §3.1.2.2: a hint that names the signed-in user changes nothing, and may have expired.
#[test]
fn an_id_token_hint_of_who_is_signed_in_is_answered() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let hint = id_token(&op, &client, &mut alice);
    op.advance(3_700);
    alice.authenticator.sign_in(&mut alice.agent).ok();

    for more in [
        vec![("id_token_hint", hint.as_str()), ("prompt", "none")],
        vec![("id_token_hint", hint.as_str())],
    ] {
        assert!(alice.agent.get(&client.authorize_path(&more)).location_param("code").is_some());
    }
}

/// OIDC Core §3.1.2.1: `login_required` for another user, and without a session.
#[test]
fn without_a_page_another_user_is_login_required() {
    let op = TestOp::start();
    let client = op.client();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let hint = id_token(&op, &client, &mut alice);
    bob.code(&client, &[]);

    let path = client.authorize_path(&[("id_token_hint", &hint), ("prompt", "none")]);

    for agent in [&mut bob.agent, &mut op.agent()] {
        let answer = agent.get(&path);
        assert_eq!(answer.location_param("error").unwrap(), "login_required");
    }
    assert_eq!(op.count("grants"), 2);
}

/// OIDC Core §3.1.2.2: no code for a different user, even with a session and with consent.
#[test]
fn another_user_has_to_make_room_for_the_one_in_the_hint() {
    let op = TestOp::start();
    let client = op.client();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let hint = id_token(&op, &client, &mut alice);
    bob.code(&client, &[]);

    let answer = bob.agent.get(&client.authorize_path(&[("id_token_hint", &hint)]));
    let id = interaction_id(&answer).unwrap();
    let page = bob.agent.get(answer.location());
    assert!(page.text().contains("a different account"), "{}", page.text());
    // Bob again is not good enough, whatever he claims to have done.
    bob.authenticator.sign_in(&mut bob.agent).ok();
    let again = bob.complete(&id, &json!("authenticate")).ok().json();
    assert_eq!(again["interaction"]["requiredSteps"], json!(["authenticate"]));
    let back = bob.agent.get(&format!("/authorize?interaction={id}"));
    assert_eq!(interaction_id(&back), Some(id.clone()));
    assert_eq!(op.count("grants"), 2);

    alice.authenticator.sign_in(&mut bob.agent).ok();
    let done = bob.complete(&id, &json!("authenticate")).ok().json();
    let answer = bob.agent.get(done["redirectUrl"].as_str().unwrap());
    let tokens = op.redeem(&client, &answer.location_param("code").unwrap()).ok().json();
    let claims = op.userinfo(tokens["access_token"].as_str().unwrap()).ok().json();
    assert_eq!(claims["sub"], alice.id.to_string());
}

/// Choosing another account at the step for it does not get past the hint either.
#[test]
fn the_hint_holds_when_another_account_is_chosen_on_the_way() {
    let op = TestOp::start();
    let client = op.client();
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let hint = id_token(&op, &client, &mut alice);
    bob.code(&client, &[]);
    let more = [("id_token_hint", hint.as_str()), ("prompt", "select_account")];
    let id = interaction_id(&alice.agent.get(&client.authorize_path(&more))).unwrap();

    bob.authenticator.sign_in(&mut alice.agent).ok();
    let next = alice.complete(&id, &json!("select_account")).ok().json();

    assert_eq!(next["interaction"]["requiredSteps"], json!(["authenticate"]));
    let back = alice.agent.get(&format!("/authorize?interaction={id}"));
    assert!(back.location_param("code").is_none());
}

#[test]
fn what_is_no_id_token_of_this_client_is_no_hint() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let mut alice = op.person("alice");
    let hint = id_token(&op, &client, &mut alice);
    let foreign = id_token(&op, &other, &mut alice);
    let code = alice.code(&client, &[]);
    let access_token = op.redeem(&client, &code).ok().json()["access_token"].clone();
    let parts: Vec<&str> = hint.split('.').collect();
    let [header, claims, signature] = parts[..] else { panic!("not three parts") };
    let none = BASE64_URL_SAFE_NO_PAD.encode(json!({"alg": "none"}).to_string());
    let bob = BASE64_URL_SAFE_NO_PAD.decode(claims).unwrap();
    let mut bob: Value = serde_json::from_slice(&bob).unwrap();
    bob["sub"] = json!("00000000-0000-7000-8000-000000000000");
    let bob = BASE64_URL_SAFE_NO_PAD.encode(bob.to_string());
    for wrong in [
        "nonsense",
        "a.b.c",
        &foreign,
        access_token.as_str().unwrap(),
        &format!("{none}.{claims}."),
        &format!("{none}.{claims}.{signature}"),
        &format!("{header}.{claims}."),
        &format!("{header}.{bob}.{signature}"),
        &"x".repeat(9_000),
    ] {
        let answer = alice.agent.get(&client.authorize_path(&[("id_token_hint", wrong)]));
        assert_eq!(answer.location_param("error").as_deref(), Some("invalid_request"), "{wrong}");
        let pushed = op.push(&client, &[("id_token_hint", wrong)]);
        assert_eq!(pushed.error(), "400 invalid_request", "{wrong}");
    }
    let uri = op.push(&client, &[("id_token_hint", &hint)]).ok().json()["request_uri"].clone();
    let path = client.authorize_path(&[("request_uri", uri.as_str().unwrap())]);
    assert!(op.agent().get(&path).location().starts_with("/interaction?"));
}

/// OIDC Core §3.1.2.1: the sign-in page shows the hint, the same whether there is such an account or not.
#[test]
fn a_login_hint_is_shown_and_tells_nothing() {
    let op = TestOp::start();
    let client = op.client();
    op.user("alice");
    let page = |hint: &str| {
        let mut agent = op.agent();
        let answer = agent.get(&client.authorize_path(&[("login_hint", hint)]));
        let page = agent.get(answer.location()).ok().text();
        page.replace(&interaction_id(&answer).unwrap(), "ID")
    };

    let known = page("alice");

    assert!(known.contains("<strong>alice</strong>"), "{known}");
    assert_eq!(known.replace("alice", "nobody"), page("nobody"));
    assert!(page("alice@example.com").contains("<strong>alice@example.com</strong>"));
    assert!(!page("<script>alert(1)</script>").contains("<script>alert"));
    assert!(!page("Your account is locked, call 555").contains("locked"));
}

/// OIDC Core §3.1.2.1: the pages speak a language that the client asks for, if we have one.
#[test]
fn ui_locales_choose_the_language_of_the_pages() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let language = |agent: &mut crate::support::agent::Agent, locales: &str| {
        let more = [("ui_locales", locales), ("prompt", "consent")];
        let answer = agent.get(&client.authorize_path(&more));
        let text = agent.get(answer.location()).ok().text();
        text.split_once("<html lang=\"").unwrap().1.split('"').next().unwrap().to_owned()
    };
    let mut chinese = op.agent().with_header("accept-language", "zh-CN");

    assert_eq!(language(&mut op.agent(), "fr-CA zh-Hans en"), "zh-CN");
    assert_eq!(language(&mut chinese, "de en-GB"), "en");
    assert_eq!(language(&mut chinese, "tlh x-what --"), "zh-CN", "nothing that we speak");
    // The language that a user chose goes before the wish of a client.
    op.change_user(alice.id, |user| user.locale = Some("en".to_owned()));
    assert_eq!(language(&mut alice.agent, "zh-CN"), "en");
}

/// OIDC Core §3.1.2.1: `max_age=0` is `prompt=login`, each time; `display` is a wish.
#[test]
fn max_age_zero_asks_for_the_passkey_each_time_and_display_for_nothing() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[("display", "popup")]);
    for display in ["page", "touch", "wap", "hologram"] {
        let answer = alice.agent.get(&client.authorize_path(&[("display", display)]));
        assert!(answer.location_param("code").is_some(), "{display}");
    }
    for _ in 0..2 {
        let answer = alice.agent.get(&client.authorize_path(&[("max_age", "0")]));
        let id = interaction_id(&answer).unwrap();
        let steps = alice.agent.get(&format!("/api/oidc/interactions/{id}")).ok().json();
        assert_eq!(steps["requiredSteps"], json!(["reauthenticate"]));
        assert!(alice.walk(answer).location_param("code").is_some());
    }
    let silent = alice.agent.get(&client.authorize_path(&[("max_age", "0"), ("prompt", "none")]));
    assert_eq!(silent.location_param("error").unwrap(), "login_required");
}
