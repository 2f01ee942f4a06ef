//! OpenID Connect RP-Initiated Logout 1.0.

use hyper::Method;
use serde_json::Value;

use crate::support::{
    agent::{Agent, Answer},
    flow::Person,
    op::{TestClient, TestOp},
};

const PATH: &str = "/api/oidc/end-session";
const BYE: &str = "https://app.example.com/bye";

fn client(op: &TestOp) -> TestClient {
    op.client_with("https://app.example.com/callback", |client| {
        client.post_logout_redirect_uris = vec![BYE.parse().unwrap()];
    })
}

fn tokens(op: &TestOp, client: &TestClient, person: &mut Person, scope: &str) -> Value {
    let code = person.code(client, &[("scope", scope)]);
    op.redeem(client, &code).ok().json()
}

fn id_token(op: &TestOp, client: &TestClient, person: &mut Person) -> String {
    tokens(op, client, person, "openid")["id_token"].as_str().unwrap().to_owned()
}

fn end_session(agent: &mut Agent, params: &[(&str, &str)]) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(params).finish();
    agent.get(&format!("{PATH}?{query}"))
}

fn is_signed_in(agent: &mut Agent) -> bool {
    agent.get("/api/users/me").status == 200
}

/// RP-Initiated Logout §2 and §3.
#[test]
fn whoever_is_meant_is_signed_out_and_sent_back_with_the_state() {
    let op = TestOp::start();
    let client = client(&op);
    let mut alice = op.person("alice");
    let hint = id_token(&op, &client, &mut alice);
    op.advance(3_000);

    let params =
        [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE), ("state", "a&b")];
    let answer = end_session(&mut alice.agent, &params);

    assert_eq!(answer.status, 302);
    assert_eq!(answer.location(), "https://app.example.com/bye?state=a%26b");
    assert!(!is_signed_in(&mut alice.agent));
    assert_eq!(op.number("SELECT COUNT(*) FROM sessions WHERE revoked_at IS NULL"), 1, "the first");
}

/// RP-Initiated Logout §2: both methods, and browsers send our cookie with the redirect that follows.
#[test]
fn a_form_of_another_site_signs_out_as_a_link_does() {
    let op = TestOp::start();
    let client = client(&op);
    let mut alice = op.person("alice");
    let hint = id_token(&op, &client, &mut alice);
    let fields = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];

    let without_cookie = op.agent().post_form(PATH, &fields);
    assert!(without_cookie.location().starts_with(&format!("{PATH}?")), "{without_cookie:?}");
    let answer = alice.agent.get(without_cookie.location());

    assert_eq!(answer.location(), BYE);
    assert!(!is_signed_in(&mut alice.agent));
}

/// RP-Initiated Logout §2: without a hint, or with the hint of another user, the user must be asked.
#[test]
fn nobody_is_signed_out_unasked_without_a_hint_of_their_own() {
    let op = TestOp::start();
    let client = client(&op);
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let hint_of_bob = id_token(&op, &client, &mut bob);
    for params in [
        &[][..],
        &[("client_id", client.id.as_str()), ("post_logout_redirect_uri", BYE)],
        &[("id_token_hint", &hint_of_bob), ("post_logout_redirect_uri", BYE)],
    ] {
        let answer = end_session(&mut alice.agent, params);
        assert!(answer.location().starts_with("/logout"), "{params:?}: {}", answer.location());
        assert!(is_signed_in(&mut alice.agent), "{params:?}");
    }
    let params = [("client_id", client.id.as_str()), ("post_logout_redirect_uri", BYE)];
    let page = end_session(&mut alice.agent, &params).location().to_owned();
    assert!(alice.agent.get(&page).text().contains(&format!("data-onward=\"{BYE}\"")));
}

/// RP-Initiated Logout §3: the redirect must not be performed unless the address is registered.
#[test]
fn nobody_is_sent_where_the_client_has_not_registered() {
    let op = TestOp::start();
    let (client, other) = (client(&op), op.client());
    let mut alice = op.person("alice");
    let hint = id_token(&op, &client, &mut alice);
    let (signed, _) = hint.rsplit_once('.').unwrap();
    let forged = format!("{signed}.AAAA");
    let access_token = tokens(&op, &client, &mut alice, "openid")["access_token"].clone();
    let access_token = access_token.as_str().unwrap();
    for params in [
        &[("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", "https://evil.example/")]
            [..],
        &[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://app.example.com/bye/x")],
        &[
            ("id_token_hint", &hint),
            ("post_logout_redirect_uri", "https://app.example.com/callback"),
        ],
        &[("id_token_hint", &forged), ("post_logout_redirect_uri", BYE)],
        &[("id_token_hint", access_token), ("post_logout_redirect_uri", BYE)],
        &[("id_token_hint", "nonsense"), ("post_logout_redirect_uri", BYE)],
        &[("id_token_hint", &hint), ("client_id", &other.id), ("post_logout_redirect_uri", BYE)],
        &[("client_id", "unknown"), ("post_logout_redirect_uri", BYE)],
        &[("post_logout_redirect_uri", BYE)],
    ] {
        let answer = end_session(&mut alice.agent, params);
        assert!(answer.location().starts_with("/logout?refused="), "{params:?}: {answer:?}");
        assert!(is_signed_in(&mut alice.agent), "{params:?}");
        let page = alice.agent.get(answer.location()).ok().text();
        assert!(page.contains("id=\"refused\"") && !page.contains("data-onward"), "{params:?}");
    }
    for path in ["/logout?post_logout_redirect_uri=https://evil.example/", "/logout?client_id=x"] {
        assert!(!alice.agent.get(path).text().contains("evil.example"), "{path}");
    }
    let twice = alice.agent.get(&format!("{PATH}?state=a&state=b"));
    assert_eq!(twice.status, 400);
    assert_eq!(alice.agent.send(Method::PUT, PATH, None, Vec::new().into()).status, 404);
}

/// The page and the log say why the browser is not sent on.
#[test]
fn whoever_asks_in_vain_is_told_why() {
    let op = TestOp::start();
    let client = client(&op);
    let mut alice = op.person("alice");
    let hint = id_token(&op, &client, &mut alice);
    for (params, word, line) in [
        (
            [
                ("id_token_hint", hint.as_str()),
                ("post_logout_redirect_uri", "https://evil.example/"),
            ],
            "address",
            "not registered",
        ),
        (
            [("id_token_hint", "nonsense"), ("post_logout_redirect_uri", BYE)],
            "hint",
            "did not prove which account",
        ),
    ] {
        for agent in [&mut alice.agent, &mut op.agent()] {
            let answer = end_session(agent, &params);
            assert_eq!(answer.location(), format!("/logout?refused={word}"));
            assert!(agent.get(answer.location()).ok().text().contains(line), "{word}");
        }
    }
    assert!(!alice.agent.get("/logout?refused=%3Cb%3E").ok().text().contains("<b>"));
    assert!(is_signed_in(&mut alice.agent));
}

fn fields(answer: &[(String, String)]) -> Vec<(&str, &str)> {
    answer.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// Our own ID tokens come back to us, however many groups are in them, and in no address of ours.
#[test]
fn an_id_token_with_hundreds_of_groups_signs_its_user_out() {
    let op = TestOp::start();
    let client = client(&op);
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    for number in 0..400 {
        op.group(&format!("department-of-things-number-{number}"), &[alice.id]);
    }
    let tokens = tokens(&op, &client, &mut alice, "openid groups");
    let hint = tokens["id_token"].as_str().unwrap();
    assert!(hint.len() > 16_000, "{}", hint.len());

    // A form of another site: the browser keeps the cookie.
    let params = [("id_token_hint", hint), ("post_logout_redirect_uri", BYE), ("state", "s")];
    let again = op.agent().post_form(PATH, &params);
    assert_eq!((again.status, again.location()), (200, ""));
    assert_eq!(again.form_action(), PATH);
    let policy = again.header("content-security-policy");
    assert!(policy.contains("form-action 'self' http: https:;"), "{policy}");
    let repeated = again.form_fields();
    // Another user is asked, and no token is in the address.
    let asked = bob.agent.post_form(PATH, &fields(&repeated));
    assert!(asked.location().starts_with("/logout?client_id="), "{asked:?}");
    assert!(asked.location().len() < 300);
    assert!(
        bob.agent.get(asked.location()).text().contains(&format!("data-onward=\"{BYE}?state=s\""))
    );
    // A browser without a session is sent on, not asked again and again.
    assert_eq!(op.agent().post_form(PATH, &fields(&repeated)).location(), format!("{BYE}?state=s"));

    let answer = alice.agent.post_form(PATH, &fields(&repeated));
    assert_eq!(answer.location(), format!("{BYE}?state=s"));
    assert!(!is_signed_in(&mut alice.agent));

    // By a link, too, and as a hint of an authorization request.
    alice.authenticator.sign_in(&mut alice.agent).ok();
    let silent = client.authorize_path(&[
        ("id_token_hint", hint),
        ("prompt", "none"),
        ("scope", "openid groups"),
    ]);
    assert!(alice.agent.get(&silent).location_param("code").is_some());
    let waiting = client.authorize_path(&[("id_token_hint", hint), ("prompt", "consent")]);
    let answer = alice.agent.get(&waiting);
    let kept = op.texts("SELECT parameters FROM interactions ORDER BY requested_at DESC, id DESC");
    assert!(kept[0].len() < 1_000, "the token is not kept: {}", kept[0]);
    assert!(kept[0].contains(&alice.id.to_string()), "but whom it names: {}", kept[0]);
    assert!(alice.walk(answer).location_param("code").is_some());
    assert_eq!(end_session(&mut alice.agent, &params).location(), format!("{BYE}?state=s"));
}

#[test]
fn whoever_is_signed_out_already_is_sent_on_at_once() {
    let op = TestOp::start();
    let client = client(&op);
    let mut alice = op.person("alice");
    let hint = id_token(&op, &client, &mut alice);
    let params = [("id_token_hint", hint.as_str()), ("post_logout_redirect_uri", BYE)];
    assert_eq!(end_session(&mut op.agent(), &params).location(), BYE);
    let only_hint = [("id_token_hint", hint.as_str())];
    assert_eq!(end_session(&mut op.agent(), &only_hint).location(), "/logout");
}

/// OIDC Core §11: only offline access outlives the session.
#[test]
fn what_was_granted_for_the_session_ends_with_it_whichever_the_client() {
    let op = TestOp::start();
    let (client, other) = (client(&op), op.client());
    let mut alice = op.person("alice");
    let online = tokens(&op, &client, &mut alice, "openid");
    let offline = tokens(&op, &client, &mut alice, "openid offline_access");
    let elsewhere = tokens(&op, &other, &mut alice, "openid");

    let hint = online["id_token"].as_str().unwrap();
    end_session(&mut alice.agent, &[("id_token_hint", hint)]);

    let refresh = |client: &TestClient, tokens: &Value| {
        op.refresh(client, tokens["refresh_token"].as_str().unwrap()).status
    };
    assert_eq!(refresh(&client, &online), 400);
    assert_eq!(op.userinfo(online["access_token"].as_str().unwrap()).status, 401);
    assert_eq!(refresh(&client, &offline), 200);
    assert_eq!(refresh(&other, &elsewhere), 400);
}
