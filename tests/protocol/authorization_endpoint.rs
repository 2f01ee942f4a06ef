//! RFC 6749 §3.1 and §4.1, OIDC Core §3.1.2: the authorization endpoint.

use serde_json::json;

use crate::support::{
    flow::{CHALLENGE, Person, interaction_id},
    op::TestOp,
};

/// RFC 6749 §4.1.2.1: without a proven redirect URI the user is told, and not redirected.
#[test]
fn what_does_not_prove_its_redirect_uri_is_shown_on_a_page_and_never_redirected() {
    let op = TestOp::start();
    let client = op.client();
    let long = format!("https://app.example.com/callback?{}", "x".repeat(3_000));
    let requests = [
        vec![("client_id", "")],
        vec![("client_id", "unknown")],
        vec![("client_id", "no/such/client")],
        vec![("redirect_uri", "")],
        vec![("redirect_uri", "https://evil.example.com/callback")],
        vec![("redirect_uri", "https://app.example.com/callback/more")],
        vec![("redirect_uri", "https://app.example.com.evil.example/callback")],
        vec![("redirect_uri", "https://app.example.com@evil.example/callback")],
        vec![("redirect_uri", "http://app.example.com/callback")],
        vec![("redirect_uri", "javascript:alert(1)")],
        vec![("redirect_uri", "https://app.example.com/callback#fragment")],
        vec![("redirect_uri", &long)],
    ];
    for more in requests {
        let answer = op.agent().get(&client.authorize_path(&more));
        assert_eq!((answer.status, answer.location()), (400, ""), "{more:?}");
        assert!(answer.header("content-type").starts_with("text/html"), "{more:?}");
    }
    let twice = format!("{}&client_id=other", client.authorize_path(&[]));
    assert_eq!(op.agent().get(&twice).status, 400);
    assert_eq!(op.count("interactions"), 0);
}

/// RFC 6749 §4.1.2.1, RFC 9207 §2: every other error goes to the client, with its state and `iss`.
#[test]
fn every_other_fault_is_told_to_the_client() {
    let op = TestOp::start();
    let client = op.client();
    let long = "n".repeat(513);
    for (more, error) in [
        (vec![("response_type", "")], "invalid_request"),
        (vec![("response_type", "token")], "unsupported_response_type"),
        (vec![("response_type", "code id_token")], "unsupported_response_type"),
        (vec![("response_mode", "carrier_pigeon")], "invalid_request"),
        (vec![("prompt", "unknown")], "invalid_request"),
        (vec![("prompt", "none login")], "invalid_request"),
        (vec![("max_age", "-1")], "invalid_request"),
        (vec![("max_age", "1e3")], "invalid_request"),
        (vec![("max_age", "99999999999999999999")], "invalid_request"),
        (vec![("code_challenge", "short")], "invalid_request"),
        (vec![("code_challenge", &CHALLENGE.replace('-', "="))], "invalid_request"),
        (vec![("code_challenge_method", "S256")], "invalid_request"),
        (vec![("code_challenge", CHALLENGE), ("code_challenge_method", "S512")], "invalid_request"),
        (vec![("nonce", long.as_str())], "invalid_request"),
        (vec![("request", "e30.e30.")], "invalid_request_object"),
        (vec![("request_uri", "https://a.example")], "request_uri_not_supported"),
        (vec![("prompt", "none")], "login_required"),
    ] {
        let answer = op.agent().get(&client.authorize_path(&more));
        assert_eq!(answer.status, 303, "{more:?}");
        assert!(answer.location().starts_with("https://app.example.com/callback?"), "{more:?}");
        let param = |name| answer.location_param(name).unwrap_or_default();
        assert_eq!(param("error"), error, "{more:?}");
        assert_eq!(param("state"), "state-of-the-client");
        assert_eq!(param("iss"), op.base_url());
        assert_eq!(param("code"), "");
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    assert_eq!(op.count("interactions"), 0);
}

/// RFC 9700 §2.1.1: public clients must use PKCE; others when their administrator says so.
#[test]
fn pkce_is_demanded_of_public_clients_and_on_demand() {
    let op = TestOp::start();
    let public = op.client_with("https://spa.example.com/cb", |client| {
        client.client_type = pocketid::model::ClientType::Public;
    });
    let strict = op.client_with("https://strict.example.com/cb", |client| {
        client.requires_pkce = true;
    });
    for client in [public, strict] {
        let answer = op.agent().get(&client.authorize_path(&[]));
        assert_eq!(answer.location_param("error").unwrap(), "invalid_request");
        let more = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
        assert!(interaction_id(&op.agent().get(&client.authorize_path(&more))).is_some());
    }
}

/// OAuth 2.0 Multiple Response Types §2.1, Form Post Response Mode §2.
#[test]
fn the_answer_travels_as_the_client_asked() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);

    let fragment = alice.authorize(&client, &[("response_mode", "fragment")]);
    let form = alice.authorize(&client, &[("response_mode", "form_post"), ("state", "<\"&>")]);

    assert!(fragment.location().starts_with("https://app.example.com/callback#"));
    assert!(fragment.location_param("code").is_some());
    assert_eq!(form.status, 200);
    assert!(form.text().contains("action=\"https://app.example.com/callback\""));
    assert!(form.text().contains("name=\"code\""));
    assert!(!form.text().contains("<\"&>"));
    let policy = form.header("content-security-policy");
    assert!(policy.contains("form-action 'self' https:;"), "{policy}");
}

/// OIDC Core §3.1.2.1: GET and POST are both supported.
#[test]
fn post_is_as_good_as_get() {
    let op = TestOp::start();
    let client = op.client();
    let path = client.authorize_path(&[]);
    let query = path.split_once('?').unwrap().1;
    let fields: Vec<_> = form_urlencoded::parse(query.as_bytes()).collect();
    let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_ref(), v.as_ref())).collect();

    // From another site's form comes no cookie: the browser is told to ask again, and then has it.
    let mut alice = op.person("alice");
    let again = op.agent().post_form("/authorize", &fields);
    assert_eq!(again.status, 303);
    alice.code(&client, &[]);
    assert!(alice.agent.get(again.location()).location_param("code").is_some());
    assert!(alice.agent.post_form("/authorize", &fields).location_param("code").is_some());
    let wrong_type = op.agent().post("/authorize", &json!({}));
    assert_eq!((wrong_type.status, wrong_type.location()), (400, ""));
}

/// OIDC Core §3.1.2.1: `prompt` and `max_age`.
#[test]
fn prompts_and_ages_decide_which_steps_are_asked_for() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let none = alice.authorize(&client, &[("prompt", "none")]);
    assert_eq!(none.location_param("error").unwrap(), "consent_required");
    alice.code(&client, &[]);
    op.advance(30);

    let mut steps = |more: &[(&str, &str)]| {
        let answer = alice.agent.get(&client.authorize_path(more));
        let id = interaction_id(&answer)?;
        let path = format!("/api/oidc/interactions/{id}");
        let steps = alice.agent.get(&path).ok().json()["requiredSteps"].clone();
        Some(serde_json::from_value::<Vec<String>>(steps).unwrap().join(" "))
    };
    assert_eq!(steps(&[]), None);
    assert_eq!(steps(&[("prompt", "none")]), None);
    assert_eq!(steps(&[("max_age", "60")]), None);
    assert_eq!(steps(&[("max_age", "30")]).unwrap(), "reauthenticate");
    assert_eq!(steps(&[("max_age", "0")]).unwrap(), "reauthenticate");
    assert_eq!(steps(&[("prompt", "login")]).unwrap(), "reauthenticate");
    assert_eq!(steps(&[("prompt", "consent")]).unwrap(), "consent");
    assert_eq!(
        steps(&[("prompt", "select_account login consent")]).unwrap(),
        "select_account reauthenticate consent"
    );
    assert_eq!(steps(&[("scope", "openid groups")]).unwrap(), "consent");
    let stale = alice.authorize(&client, &[("prompt", "none"), ("max_age", "10")]);
    assert_eq!(stale.location_param("error").unwrap(), "login_required");
}

#[test]
fn a_passkey_used_for_the_request_is_what_auth_time_says() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    op.advance(600);

    let code = alice.code(&client, &[("prompt", "login")]);

    let id_token = op.redeem(&client, &code).ok().json()["id_token"].as_str().unwrap().to_owned();
    let claims: serde_json::Value = pocketid::crypto::jws::peek_claims(&id_token).unwrap();
    assert!(op.now().as_unix() - claims["auth_time"].as_i64().unwrap() < 60);
}

/// RFC 6749 §4.1.2.1: the client learns that the user said no.
#[test]
fn a_refusal_reaches_the_client_and_leaves_no_grant() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let id = interaction_id(&alice.agent.get(&client.authorize_path(&[]))).unwrap();

    let path = format!("/api/oidc/interactions/{id}/deny");
    let url = alice.agent.post(&path, &json!({})).ok().json()["redirectUrl"].clone();
    let answer = alice.agent.get(url.as_str().unwrap());

    assert_eq!(answer.location_param("error").unwrap(), "access_denied");
    assert_eq!(answer.location_param("state").unwrap(), "state-of-the-client");
    assert_eq!(op.count("grants") + op.count("consents"), 0);
    assert_eq!(alice.agent.get(url.as_str().unwrap()).status, 400, "it was answered");
}

#[test]
fn an_interaction_is_answered_once_and_within_an_hour() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let id = interaction_id(&alice.agent.get(&client.authorize_path(&[]))).unwrap();
    let resume = format!("/authorize?interaction={id}");
    alice.complete(&id, &json!("consent")).ok();
    assert_eq!(alice.agent.get(&resume).status, 303);

    let again = alice.agent.get(&resume);
    let id = interaction_id(&alice.agent.get(&client.authorize_path(&[("prompt", "consent")])));
    op.advance(3_601);
    let late = op.agent().get(&format!("/authorize?interaction={}", id.unwrap()));
    let forged = op.agent().get(&format!("/authorize?interaction={}", "A".repeat(64)));

    for answer in [again, late, forged] {
        assert_eq!((answer.status, answer.location()), (400, ""));
    }
    assert_eq!(op.count("grants"), 1);
}

#[test]
fn steps_are_taken_in_order_and_by_who_is_signed_in() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let mut bob = op.person("bob");
    let path = client.authorize_path(&[("prompt", "login consent")]);
    let id = interaction_id(&alice.agent.get(&path)).unwrap();

    assert_eq!(alice.complete(&id, &json!("consent")).error(), "400 validation_failed");
    assert_eq!(alice.complete(&id, &json!("dance")).error(), "400 validation_failed");
    assert_eq!(alice.complete(&id, &json!("reauthenticate")).error(), "400 validation_failed");
    let body = json!({"step": "consent"});
    let url = format!("/api/oidc/interactions/{id}/complete");
    assert_eq!(op.agent().post(&url, &body).error(), "401 not_signed_in");

    // Bob comes upon Alice's interaction: what she did does not count for him.
    alice.authenticator.reauthenticate(&mut alice.agent).ok();
    alice.complete(&id, &json!("reauthenticate")).ok();
    let answer = bob.agent.get(&format!("/authorize?interaction={id}"));
    assert_eq!(interaction_id(&answer), Some(id.clone()));
    let steps = bob.agent.get(&format!("/api/oidc/interactions/{id}")).json();
    assert_eq!(steps["requiredSteps"], json!(["reauthenticate", "consent"]));
    assert_eq!(op.count("grants"), 0);
}

/// Offline access outlives the session: a stolen cookie must not be enough to allow it.
#[test]
fn five_minutes_after_the_sign_in_lasting_access_is_allowed_with_a_passkey_only() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let mut alice = op.person("alice");
    let lasting = [("scope", "openid offline_access")];
    let begun = interaction_id(&alice.agent.get(&other.authorize_path(&lasting))).unwrap();
    op.advance(301);
    let steps = |alice: &mut Person, id: &str| {
        let path = format!("/api/oidc/interactions/{id}");
        alice.agent.get(&path).ok().json()["requiredSteps"].clone()
    };

    let id = interaction_id(&alice.agent.get(&client.authorize_path(&lasting))).unwrap();
    assert_eq!(steps(&mut alice, &id), json!(["reauthenticate", "consent"]));
    assert_eq!(alice.complete(&id, &json!("consent")).error(), "400 validation_failed");
    // One that was begun in time and is finished late.
    assert_eq!(steps(&mut alice, &begun), json!(["consent"]));
    alice.complete(&begun, &json!("consent")).ok();
    assert_eq!(steps(&mut alice, &begun), json!(["reauthenticate", "consent"]));
    assert_eq!(op.count("consents"), 0);
    let silent = [lasting[0], ("prompt", "none")];
    let silent = alice.agent.get(&client.authorize_path(&silent));
    assert_eq!(silent.location_param("error").unwrap(), "consent_required");

    // With the passkey it goes on; online access, and access that was allowed before, needs none.
    alice.code(&client, &lasting);
    op.advance(301);
    let again = alice.agent.get(&client.authorize_path(&lasting));
    assert!(again.location_param("code").is_some(), "{again:?}");
    let id = interaction_id(&alice.agent.get(&other.authorize_path(&[]))).unwrap();
    assert_eq!(steps(&mut alice, &id), json!(["consent"]));
}

#[test]
fn a_restricted_client_is_for_the_members_of_its_groups() {
    let op = TestOp::start();
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.is_group_restricted = true;
    });
    let (mut alice, mut bob) = (op.person("alice"), op.person("bob"));
    let group = op.group("family", &[alice.id]);
    op.allow_group(&client, group);

    alice.code(&client, &[]);
    let refused = bob.authorize(&client, &[]);

    assert_eq!((refused.status, refused.location()), (403, ""));
    assert_eq!(op.count("grants"), 1);
}

/// A client without a callback URL takes the one of its first completed sign-in, and no other.
#[test]
fn a_client_without_callback_url_adopts_the_first_that_it_completes() {
    let op = TestOp::start();
    let mut client = op.client_with("https://app.example.com/callback", |client| {
        client.redirect_uris.clear();
    });
    let mut alice = op.person("alice");
    // An attacker lures Alice to another address. She signs in, but the client never redeems that.
    alice.code(&client, &[("redirect_uri", "https://evil.example.com/cb")]);
    assert_eq!(op.count("client_redirect_uris"), 0);
    let error = alice.authorize(&client, &[("prompt", "nonsense")]);
    assert_eq!((error.status, error.location()), (400, ""), "no address is proven yet");

    let code = alice.code(&client, &[]);
    op.redeem(&client, &code).ok();

    assert!(op.audit_kinds().contains(&"CLIENT_REDIRECT_URI_ADOPTED".to_owned()));
    client.redirect_uri = "https://evil.example.com/cb".to_owned();
    assert_eq!(alice.authorize(&client, &[]).status, 400);
}

/// A user without their passkey signs in with a code on the way, and goes on.
#[test]
fn an_interaction_goes_on_for_who_signed_in_with_a_one_time_code() {
    let op = TestOp::start();
    let client = op.client();
    let user = op.user("bob");
    let mut agent = op.agent();
    let id = interaction_id(&agent.get(&client.authorize_path(&[]))).unwrap();
    let code = op.one_time_code(user.id, 600);
    agent.post(&format!("/api/one-time-access-token/{code}"), &json!({})).ok();

    let page = agent.get(&format!("/interaction?interaction={id}"));
    assert_eq!(page.location(), format!("/authorize?interaction={id}"));
    let back = agent.get(page.location());

    assert_eq!(interaction_id(&back).unwrap(), id);
    let steps = agent.get(&format!("/api/oidc/interactions/{id}")).ok().json();
    assert_eq!(steps["requiredSteps"], json!(["consent"]));
}

/// OIDC Core §3.1.2.1: `max_age` holds when the answer is given, not when the question was asked.
#[test]
fn who_takes_too_long_over_the_last_step_uses_the_passkey_again() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let id =
        interaction_id(&alice.agent.get(&client.authorize_path(&[("max_age", "60")]))).unwrap();
    op.advance(1_000);

    let done = alice.complete(&id, &json!("consent")).ok().json();
    let back = alice.agent.get(done["redirectUrl"].as_str().unwrap());

    assert_eq!(interaction_id(&back).unwrap(), id);
    let steps = alice.agent.get(&format!("/api/oidc/interactions/{id}")).ok().json();
    assert_eq!(steps["requiredSteps"], json!(["reauthenticate"]));
    let answer = alice.walk(back);
    assert!(answer.location_param("code").is_some());
}

/// Applications put where their user was into the state, and proxies take headers of 4 KiB at most.
#[test]
fn a_state_of_eight_kilobytes_comes_back_by_a_page() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let state = "<&".repeat(4_096);
    let state = state.as_str();
    let short = "s".repeat(2_500);

    let by_header = alice.authorize(&client, &[("state", &short)]);
    assert_eq!(by_header.location_param("state").unwrap(), short);
    for (mode, separator) in [("query", "?"), ("fragment", "#")] {
        let page = alice.authorize(&client, &[("state", state), ("response_mode", mode)]);
        assert_eq!((page.status, page.location()), (200, ""), "{mode}");
        let headers: usize = page.headers.iter().map(|(n, v)| n.as_str().len() + v.len() + 4).sum();
        assert!(headers < 3_500, "{headers}");
        let html = page.text();
        let link = html.split("id=\"onward\" href=\"").nth(1).unwrap().split('"').next().unwrap();
        let link = link.replace("&#38;", "&").replace("&#39;", "'");
        let (address, params) = link.split_once(separator).unwrap();
        assert_eq!(address, client.redirect_uri, "{mode}");
        let params: Vec<_> = form_urlencoded::parse(params.as_bytes()).into_owned().collect();
        let value = |name: &str| params.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        assert_eq!(value("state"), Some(state), "{mode}");
        op.redeem(&client, value("code").unwrap()).ok();
    }
    let form = alice.authorize(&client, &[("state", state), ("response_mode", "form_post")]);
    assert_eq!(form.form_action(), client.redirect_uri);
    // Steps on the way do not lose it, and neither does a form of another site.
    let waiting =
        alice.agent.get(&client.authorize_path(&[("state", state), ("prompt", "consent")]));
    assert!(alice.walk(waiting).text().contains("id=\"onward\""));
    let own = client.authorize_fields(&[("state", state)]);
    let own: Vec<_> = own.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let again = op.agent().post_form("/authorize", &own);
    assert_eq!((again.status, again.form_action().as_str()), (200, "/authorize"));
    // RFC 9126: pushed as well.
    op.push(&client, &[("state", state)]).ok();
}

/// Anonymous requests are stored for an hour: nothing of them is without bounds.
#[test]
fn what_is_kept_of_a_request_is_bounded() {
    let op = TestOp::start();
    let client = op.client();
    let (long, longer) = ("x ".repeat(2_000), "x".repeat(8_193));
    for (name, value) in
        [("scope", &long), ("prompt", &long), ("login_hint", &long), ("state", &longer)]
    {
        let answer = op.agent().get(&client.authorize_path(&[(name, value)]));
        assert_eq!(answer.location_param("error").unwrap(), "invalid_request", "{name}");
        assert!(answer.location().len() < 500, "{name} is not echoed");
    }
    let (claims, text) = (format!("{{\"{}\":{{}}}}", "x".repeat(4_000)), "x".repeat(2_000));
    let mut more: Vec<_> = ["state", "login_hint", "ui_locales", "acr_values", "prompt"]
        .map(|name| (name, text.as_str()))
        .into();
    more.extend([("claims", &*claims), ("scope", &text), ("nonce", &text[..512])]);
    let answer = op.agent().get(&client.authorize_path(&more));
    let why = answer.location_param("error_description").unwrap();
    assert!(why.contains("together"), "{why}");
    assert_eq!(op.count("interactions"), 0);
}
