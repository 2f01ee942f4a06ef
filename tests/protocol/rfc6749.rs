//! RFC 6749: what holds for every endpoint of OAuth, whatever is asked of it.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use hyper::Method;
use serde_json::Value;

use crate::support::{
    agent::Answer,
    device::GRANT_TYPE,
    flow::interaction_id,
    op::{TestClient, TestOp},
};

/// The endpoints that clients call directly.
const DIRECT: [&str; 5] = [
    "/api/oidc/token",
    "/api/oidc/par",
    "/api/oidc/device/authorize",
    "/api/oidc/introspect",
    "/api/oidc/revoke",
];

fn text(tokens: &Value, name: &str) -> String {
    tokens[name].as_str().unwrap().to_owned()
}

/// RFC 6749 §5.1 and §5.2: answers and errors, none of them for a cache.
#[track_caller]
fn assert_not_cached(answer: &Answer) {
    assert_eq!(answer.header("cache-control"), "no-store", "{answer:?}");
    assert_eq!(answer.header("pragma"), "no-cache", "{answer:?}");
}

/// RFC 6749 §5.2: `%x20-21 / %x23-5B / %x5D-7E`.
#[track_caller]
fn assert_well_said(description: &str) {
    let is_allowed = |c: char| matches!(c, ' '..='!' | '#'..='[' | ']'..='~');
    assert!(!description.is_empty() && description.chars().all(is_allowed), "{description}");
}

/// RFC 6749 §3.1 and §4.1.2.1: a parameter given twice is an error, which the client is told when its
/// address is beyond doubt.
#[test]
fn what_is_given_twice_counts_for_nothing_and_is_told_to_a_proven_address() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let grants = op.count("grants");
    for (more, state) in [
        ("&scope=openid", "state-of-the-client"),
        ("&nonce=other&nonce=more", "state-of-the-client"),
        ("&nobody_knows=1&nobody_knows=2", "state-of-the-client"),
        ("&response_mode=form_post&response_mode=form_post", "state-of-the-client"),
        ("&login_hint=%ff", "state-of-the-client"),
        ("&state=another", ""),
    ] {
        let path = format!("{}{more}", client.authorize_path(&[]));
        let form = path.split_once('?').unwrap().1.to_owned();
        let get = alice.agent.get(&path);
        let content_type = Some("application/x-www-form-urlencoded");
        let post = alice.agent.send(Method::POST, "/authorize", content_type, form.clone().into());
        let nobodys = op.agent().send(Method::POST, "/authorize", content_type, form.into());
        for answer in [get, post, nobodys] {
            assert!(answer.location().starts_with("https://app.example.com/callback?"), "{more}");
            assert_eq!(answer.location_param("error").unwrap(), "invalid_request", "{more}");
            assert_eq!(answer.location_param("state").unwrap_or_default(), state, "{more}");
            assert_well_said(&answer.location_param("error_description").unwrap());
        }
    }
    for more in [
        format!("&client_id={}", client.id),
        "&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback".to_owned(),
        "&redirect_uri=https%3A%2F%2Fevil.example.com".to_owned(),
    ] {
        let answer = alice.agent.get(&format!("{}{more}", client.authorize_path(&[])));
        assert_eq!((answer.status, answer.location()), (400, ""), "{more}");
    }
    assert_eq!((op.count("grants"), op.count("interactions")), (grants, 1));
}

/// RFC 6749 §3.1 and §3.2: unknown parameters are ignored, and empty ones count as absent.
#[test]
fn unknown_and_empty_parameters_change_nothing() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let path = client.authorize_path(&[("audience", "x"), ("display", "page"), ("x-y", "z")]);
    let answer = alice.agent.get(&format!("{path}&prompt=&max_age=&code_challenge=&request="));
    let code = alice.walk(answer).location_param("code").unwrap();
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
        ("code_verifier", ""),
        ("client_assertion", ""),
        ("something", "else"),
    ];
    op.token(&client, &fields).ok();
}

/// RFC 6749 §5.1, §5.2, RFC 7009 §2.2.1, RFC 7662 §2.3, RFC 8628 §3.1, RFC 9126 §2.3; RFC 9110 §15.5.2:
/// a 401 says how to authenticate.
#[test]
fn every_direct_endpoint_refuses_in_the_same_words_and_headers() {
    let op = TestOp::start();
    let client = op.client();
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x"), ("token", "x")];
    let wrong = format!("Basic {}", BASE64_STANDARD.encode(format!("{}:wrong", client.id)));
    let in_body = [("client_id", client.id.as_str()), ("client_secret", "wrong")];
    for path in DIRECT {
        let mut agent = op.agent();
        let mut answers = vec![
            agent.post_form(path, &form),
            agent.post_form(path, &[&form[..], &in_body].concat()),
            agent.with_header("authorization", &wrong).post_form(path, &form),
            agent.with_header("authorization", "Digest x").post_form(path, &form),
        ];
        for answer in &answers {
            assert_eq!(answer.error(), "401 invalid_client", "{path}");
            assert!(answer.header("www-authenticate").starts_with("Basic realm="), "{path}");
        }
        answers.push(agent.post(path, &serde_json::json!({"grant_type": "refresh_token"})));
        answers.push(agent.post_form(path, &[("token", "x"), ("token", "y")]));
        answers.push(agent.send(
            Method::POST,
            path,
            Some("application/x-www-form-urlencoded"),
            Bytes::from_static(b"grant_type=%ff&token=%00"),
        ));
        for answer in &answers[4..] {
            assert_eq!(answer.error(), "400 invalid_request", "{path}");
        }
        for answer in answers {
            assert_not_cached(&answer);
            assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
            assert!(answer.header("content-type").starts_with("application/json"), "{path}");
            assert_well_said(answer.json()["error_description"].as_str().unwrap());
        }
    }
}

/// RFC 6749 §2.3.1: credentials and parameters of a token request are not read from its address.
#[test]
fn nothing_in_the_address_of_a_direct_request_counts() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[]);
    let credentials = format!("client_id={}&client_secret={}", client.id, client.secret);
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", client.redirect_uri.as_str()),
    ];
    let answer = op.agent().post_form(&format!("/api/oidc/token?{credentials}"), &fields);
    assert_eq!(answer.error(), "401 invalid_client");
    let all = form_urlencoded::Serializer::new(credentials).extend_pairs(fields).finish();
    let by_post = op.agent().post_form(&format!("/api/oidc/token?{all}"), &[]);
    assert_eq!(by_post.error(), "400 invalid_request");

    // RFC 6749 §3.2: POST only; the answer does not repeat the request.
    for path in DIRECT {
        for method in [Method::GET, Method::HEAD, Method::PUT, Method::DELETE] {
            let answer = op.agent().send(method, &format!("{path}?{all}"), None, Bytes::new());
            assert_eq!(answer.status, 404, "{path}");
            assert!(!answer.text().contains(&code), "{path}");
        }
    }
    op.redeem(&client, &code).ok();
}

/// RFC 6749 §6: not more than the granted scope.
#[test]
fn a_refresh_request_gets_no_more_scope_than_was_granted() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let tokens = op.redeem(&client, &alice.code(&client, &[])).ok().json();
    let refresh = |tokens: &Value, scope: &str| {
        let refresh_token = text(tokens, "refresh_token");
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &*refresh_token)];
        op.token(&client, &[&fields[..], &[("scope", scope)]].concat())
    };

    for scope in ["groups", "openid profile email groups", "offline_access"] {
        assert_eq!(refresh(&tokens, scope).error(), "400 invalid_scope", "{scope}");
    }
    // Nothing was used up. Less is granted whole, and the answer says so (RFC 6749 §3.3).
    let mut tokens = tokens;
    for scope in ["", "openid", "email profile openid", "openid scope_of_nobody"] {
        tokens = refresh(&tokens, scope).ok().json();
        assert_eq!(tokens["scope"], "openid profile email", "{scope}");
    }
}

/// RFC 6749 §3.3: a scope is one or more words; where there is none, nothing is said of it.
#[test]
fn an_empty_scope_is_nowhere_on_the_wire() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");

    let answer = alice.authorize(&client, &[("scope", "")]);
    let tokens = op.redeem(&client, &answer.location_param("code").unwrap()).ok().json();
    let access_token = text(&tokens, "access_token");
    let claims: Value = pocketid::crypto::jws::peek_claims(&access_token).unwrap();
    let basic = format!("{}:{}", client.id, client.secret);
    let mut caller = op
        .agent()
        .with_header("authorization", &format!("Basic {}", BASE64_STANDARD.encode(basic)));
    let told = caller.post_form("/api/oidc/introspect", &[("token", &access_token)]).ok().json();

    assert_eq!(answer.location_param("scope"), None);
    assert_eq!(told["active"], true);
    for document in [tokens, claims, told] {
        assert!(document.get("scope").is_none() && document.get("scp").is_none(), "{document}");
    }
}

/// RFC 6749 §4.1.2 and §10.5: the tokens of a code are revoked with it, however often they were refreshed.
#[test]
fn a_replayed_code_ends_the_tokens_that_were_refreshed_since() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[]);
    let first = op.redeem(&client, &code).ok().json();
    let second = op.refresh(&client, &text(&first, "refresh_token")).ok().json();

    let replay = op.redeem(&client, &code);

    assert_eq!(replay.error(), "400 invalid_grant");
    assert_not_cached(&replay);
    assert_eq!(op.userinfo(&text(&second, "access_token")).status, 401);
    assert_eq!(op.refresh(&client, &text(&second, "refresh_token")).error(), "400 invalid_grant");
}

/// RFC 6749 §5.2: one kind of token is not taken for another.
#[test]
fn a_code_a_refresh_token_and_a_device_code_are_not_exchanged_for_each_other() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let code = alice.code(&client, &[]);
    let refresh_token =
        text(&op.redeem(&client, &alice.code(&client, &[])).ok().json(), "refresh_token");
    let device_code = op.device_authorization(&client, "openid").device_code;
    let before = op.count("access_tokens");
    for value in [&code, &refresh_token, &device_code] {
        for (grant_type, name, own) in [
            ("authorization_code", "code", &code),
            ("refresh_token", "refresh_token", &refresh_token),
            (GRANT_TYPE, "device_code", &device_code),
        ] {
            if value == own {
                continue;
            }
            let fields = [("grant_type", grant_type), (name, value.as_str())];
            let answer = op.token(&client, &[&fields[..], &redirect(&client)].concat());
            assert_eq!(answer.error(), "400 invalid_grant", "{name}");
        }
    }
    assert_eq!(op.count("access_tokens"), before);
    op.redeem(&client, &code).ok();
}

fn redirect(client: &TestClient) -> [(&'static str, &str); 1] {
    [("redirect_uri", client.redirect_uri.as_str())]
}

/// RFC 6749 §10.14: what a request says is shown as text, and stays in its place in a redirect.
#[test]
fn nothing_that_a_request_says_becomes_markup_or_a_header() {
    let op = TestOp::start();
    let client = op.client();
    let nasty = "\"><script>alert(1)</script>\r\nX-Evil: 1";
    let page = op.agent().get(&client.authorize_path(&[("client_id", nasty)]));
    assert!(page.status == 400 && !page.text().contains("<script>alert"), "{}", page.text());
    let redirect_uri = format!("https://app.example.com/{nasty}");
    let page = op.agent().get(&client.authorize_path(&[("redirect_uri", &redirect_uri)]));
    assert!(page.status == 400 && !page.text().contains("<script>alert"), "{}", page.text());
    let more = [("state", nasty), ("prompt", "none")];
    let answer = op.agent().get(&client.authorize_path(&more));
    assert_eq!((answer.status, answer.header("x-evil")), (303, ""));
    assert_eq!(answer.location_param("state").unwrap(), nasty);
    assert!(interaction_id(&answer).is_none());
}
