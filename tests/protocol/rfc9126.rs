//! RFC 9126: pushed authorization requests.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hyper::Method;
use serde_json::json;

use super::token_endpoint::at_once;
use crate::support::{
    flow::{CHALLENGE, interaction_id},
    op::{TestClient, TestOp},
};

const PAR: &str = "/api/oidc/par";

fn pushed(op: &TestOp, client: &TestClient, more: &[(&str, &str)]) -> String {
    op.push(client, more).ok().json()["request_uri"].as_str().unwrap().to_owned()
}

fn path(client: &TestClient, request_uri: &str, more: &[(&str, &str)]) -> String {
    let own = [("client_id", client.id.as_str()), ("request_uri", request_uri)];
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(own.iter().chain(more))
        .finish();
    format!("/authorize?{query}")
}

fn strict(op: &TestOp) -> TestClient {
    op.client_with("https://app.example.com/callback", |client| {
        client.requires_pushed_authorization_requests = true;
    })
}

/// RFC 9126 §2.2.
#[test]
fn a_pushed_request_gets_a_reference_that_is_good_for_a_while() {
    let op = TestOp::start();
    let client = op.client();

    let answer = op.push(&client, &[]);

    assert_eq!((answer.status, answer.header("cache-control")), (201, "no-store"));
    let body = answer.json();
    assert_eq!(body["expires_in"], 90);
    let uri = body["request_uri"].as_str().unwrap();
    assert!(uri.starts_with("urn:ietf:params:oauth:request_uri:"), "{uri}");
    assert_eq!(answer.header("access-control-allow-origin"), "*");
    let stored = op.texts("SELECT parameters FROM pushed_authorization_requests").remove(0);
    assert!(!stored.contains(&client.secret) && !stored.contains(uri), "{stored}");
}

/// RFC 9126 §4: the browser brings the reference, and only the pushed parameters count.
#[test]
fn a_user_signs_in_by_a_pushed_request() {
    let op = TestOp::start();
    let client = strict(&op);
    let mut alice = op.person("alice");
    let uri = pushed(&op, &client, &[("state", "pushed state"), ("scope", "openid email")]);

    let evil = [("scope", "openid groups"), ("state", "other"), ("redirect_uri", "https://evil")];
    let answer = alice.agent.get(&path(&client, &uri, &evil));
    let id = interaction_id(&answer).unwrap();
    let scopes = alice.agent.get(&format!("/api/oidc/interactions/{id}")).json()["scopes"].clone();
    let answer = alice.walk(answer);

    assert_eq!(scopes, json!(["openid", "email"]));
    assert!(answer.location().starts_with("https://app.example.com/callback?"));
    assert_eq!(answer.location_param("state").unwrap(), "pushed state");
    let tokens = op.redeem(&client, &answer.location_param("code").unwrap()).ok().json();
    assert_eq!(tokens["scope"], "openid email");
}

/// RFC 9126 §4 and §7.3: a reference is answered once; a reload, the back button and a link preview
/// before that do no harm.
#[test]
fn a_reference_is_used_up_by_its_answer_and_not_by_being_opened() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");

    let uri = pushed(&op, &client, &[]);
    let open = path(&client, &uri, &[]);
    let preview = op.agent().get(&open);
    let (first, second) = (alice.agent.get(&open), alice.agent.get(&open));
    for answer in [&preview, &first, &second] {
        assert!(interaction_id(answer).is_some(), "{answer:?}");
    }
    // The user takes longer over the page than the reference lives.
    op.advance(120);
    op.clean_up();
    assert!(alice.walk(second).location_param("code").is_some());
    let late = alice.agent.get(first.location());
    assert_eq!(late.status, 400, "answered by the other one");
    assert!(late.text().contains("This sign-in is finished"));
    let id = interaction_id(&preview).unwrap();
    assert_eq!(alice.agent.get(&format!("/authorize?interaction={id}")).status, 400);
    assert_eq!(alice.agent.get(&open).status, 400);

    let uri = pushed(&op, &client, &[]);
    assert!(alice.agent.get(&path(&client, &uri, &[])).location_param("code").is_some());
    assert_eq!(alice.agent.get(&path(&client, &uri, &[])).status, 400);

    let uri = pushed(&op, &client, &[("prompt", "none")]);
    let refused = op.agent().get(&path(&client, &uri, &[]));
    assert_eq!(refused.location_param("error").unwrap(), "login_required");
    assert_eq!(alice.agent.get(&path(&client, &uri, &[])).status, 400);
    assert_eq!((op.count("pushed_authorization_requests"), op.count("grants")), (0, 2));
}

#[test]
fn a_refusal_by_the_user_uses_a_reference_up() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let open = path(&client, &pushed(&op, &client, &[]), &[]);
    let (first, second) = (alice.agent.get(&open), alice.agent.get(&open));
    let deny = format!("/api/oidc/interactions/{}/deny", interaction_id(&first).unwrap());
    let url = alice.agent.post(&deny, &json!({})).ok().json()["redirectUrl"].clone();

    let answer = alice.agent.get(url.as_str().unwrap());

    assert_eq!(answer.location_param("error").unwrap(), "access_denied");
    assert_eq!(alice.agent.get(&open).status, 400);
    assert_eq!(alice.agent.get(second.location()).status, 400);
}

#[test]
fn of_many_who_use_a_reference_at_once_one_is_answered() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let open = path(&client, &pushed(&op, &client, &[]), &[]);
    assert_eq!(at_once(|| alice.agent.clone().get(&open).status < 400), 1);

    // As many pages from one reference, each with its last step done.
    let open = path(&client, &pushed(&op, &client, &[("prompt", "consent")]), &[]);
    let pages = [(); 4].map(|()| interaction_id(&alice.agent.get(&open)).unwrap());
    for id in &pages {
        alice.complete(id, &json!("consent")).ok();
    }
    let count = std::sync::atomic::AtomicUsize::new(0);
    let is_answered = |n: usize| {
        let resume = format!("/authorize?interaction={}", pages[n % pages.len()]);
        alice.agent.clone().get(&resume).status < 400
    };
    let answered = at_once(|| is_answered(count.fetch_add(1, std::sync::atomic::Ordering::SeqCst)));
    assert_eq!((answered, op.count("grants")), (1, 3));
}

/// RFC 9126 §4: a form of another site brings no cookie, and the reference survives the detour.
#[test]
fn a_reference_may_be_posted() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let uri = pushed(&op, &client, &[]);
    let fields = [("client_id", client.id.as_str()), ("request_uri", uri.as_str())];

    let again = op.agent().post_form("/authorize", &fields);

    assert!(alice.agent.get(again.location()).location_param("code").is_some());
}

/// RFC 9126 §4, RFC 9101 §5.2.
#[test]
fn a_reference_that_is_not_good_is_invalid_request_uri() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let late = pushed(&op, &client, &[]);
    op.advance(90);
    let foreign = pushed(&op, &other, &[]);
    let good = pushed(&op, &client, &[]);
    let urn = "urn:ietf:params:oauth:request_uri:";
    let long = format!("{urn}{}", "A".repeat(5_000));
    for uri in [
        &late,
        &foreign,
        &good.to_uppercase(),
        &format!("{good}A"),
        &good[..good.len() - 1],
        urn,
        &long,
        &format!("{urn}{}", "A".repeat(64)),
        &format!("{urn}ü"),
        "https://app.example.com/request.jwt",
    ] {
        // Without a proven address the user is told; with one, the client is.
        let page = op.agent().get(&path(&client, uri, &[]));
        assert_eq!((page.status, page.location()), (400, ""), "{uri}");
        let to_client = op.agent().get(&client.authorize_path(&[("request_uri", uri)]));
        // OIDC Core §6.2: a `request_uri` that was never pushed here is not fetched either.
        let error =
            if uri.starts_with(urn) { "invalid_request_uri" } else { "request_uri_not_supported" };
        assert_eq!(to_client.location_param("error").unwrap(), error, "{uri}");
        assert_eq!(to_client.location_param("state").unwrap(), "state-of-the-client");
    }
    // An expired request of this client is told apart from one that never was this client's.
    let page = |uri: &str| op.agent().get(&path(&client, uri, &[])).text();
    assert!(page(&late).contains("This sign-in has expired"));
    for uri in [&foreign, urn] {
        assert!(page(uri).contains("The request_uri is not valid for this client."), "{uri}");
    }
    let nobody = format!("/authorize?request_uri={good}");
    assert_eq!(op.agent().get(&nobody).status, 400, "RFC 9126 §4: client_id is required");
    assert_eq!(op.count("interactions"), 0);
    assert!(interaction_id(&op.agent().get(&path(&client, &good, &[]))).is_some(), "unhurt");
}

/// RFC 9126 §4 and §6.
#[test]
fn a_client_that_must_push_its_requests_gets_nothing_otherwise() {
    let op = TestOp::start();
    let client = strict(&op);
    let mut alice = op.person("alice");

    let refused = alice.agent.get(&client.authorize_path(&[]));

    assert_eq!(refused.location_param("error").unwrap(), "invalid_request");
    assert_eq!(op.count("interactions"), 0);
}

/// RFC 9126 §2: the client authenticates as at the token endpoint.
#[test]
fn a_client_that_does_not_prove_itself_pushes_nothing() {
    let op = TestOp::start();
    let (client, other) = (op.client(), op.client());
    let with_secret =
        |secret: &str| op.push(&TestClient { secret: secret.to_owned(), ..client.clone() }, &[]);
    for secret in ["", "wrong", &other.secret, &"x".repeat(2_000)] {
        assert_eq!(with_secret(secret).error(), "401 invalid_client", "{secret}");
    }
    let unknown = TestClient { id: "unknown".into(), ..client.clone() };
    assert_eq!(op.push(&unknown, &[]).error(), "401 invalid_client");
    let basic = |id: &str, secret: &str| {
        let header = format!("Basic {}", BASE64_STANDARD.encode(format!("{id}:{secret}")));
        op.agent().with_header("authorization", &header)
    };
    let wrong = basic(&client.id, "wrong").post_form(PAR, &[]);
    assert_eq!(wrong.error(), "401 invalid_client");
    assert!(wrong.header("www-authenticate").starts_with("Basic "));
    let fields = client.authorize_fields(&[]);
    let mut fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    let foreign = basic(&other.id, &other.secret).post_form(PAR, &fields);
    assert_eq!(foreign.error(), "400 invalid_request", "the client_id is another one's");
    fields.push(("client_secret", "another"));
    let both = basic(&client.id, &client.secret).post_form(PAR, &fields);
    assert_eq!(both.error(), "400 invalid_request");
    assert_eq!(op.count("pushed_authorization_requests"), 0);
    fields.pop();
    assert_eq!(basic(&client.id, &client.secret).post_form(PAR, &fields).status, 201);
}

/// RFC 9126 §2.1 and §2.3: what the authorization endpoint would refuse is refused at once.
#[test]
fn what_is_malformed_is_not_kept() {
    let op = TestOp::start();
    let client = op.client();
    let longer = "n".repeat(9_000);
    for (more, error) in [
        (vec![("redirect_uri", "")], "invalid_request"),
        (vec![("redirect_uri", "https://evil.example.com/callback")], "invalid_request"),
        (vec![("redirect_uri", "javascript:alert(\"1\")")], "invalid_request"),
        (vec![("response_type", "")], "invalid_request"),
        (vec![("response_type", "token")], "unsupported_response_type"),
        (vec![("response_mode", "pigeon")], "invalid_request"),
        (vec![("prompt", "none login")], "invalid_request"),
        (vec![("max_age", "soon")], "invalid_request"),
        (vec![("code_challenge", "short")], "invalid_request"),
        (vec![("state", longer.as_str())], "invalid_request"),
        (vec![("request_uri", "urn:ietf:params:oauth:request_uri:x")], "invalid_request"),
        (vec![("x", "1"), ("x", "2")], "invalid_request"),
        (vec![("nonce", "\0")], "invalid_request"),
    ] {
        let answer = op.push(&client, &more);
        assert_eq!(answer.error(), format!("400 {error}"), "{more:?}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(answer.location().is_empty());
    }
    let huge = "x".repeat(100_000);
    assert_eq!(op.push(&client, &[("x", &huge)]).error(), "400 invalid_request");
    let mut agent = op.agent();
    assert_eq!(agent.post(PAR, &json!({})).error(), "400 invalid_request");
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        assert_eq!(agent.send(method, PAR, None, "".into()).status, 404);
    }
    assert_eq!(op.count("pushed_authorization_requests"), 0);
}

/// RFC 9126 §2: public clients name themselves, and need PKCE as ever.
#[test]
fn a_public_client_pushes_with_its_id_and_a_challenge() {
    let op = TestOp::start();
    let client = op.client_with("https://spa.example.com/cb", |client| {
        client.client_type = pocketid::model::ClientType::Public;
    });
    let push = |more: &[(&str, &str)]| {
        let fields = client.authorize_fields(more);
        let fields: Vec<_> = fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        op.agent().post_form(PAR, &fields)
    };
    assert_eq!(push(&[]).error(), "400 invalid_request");
    let answer = push(&[("code_challenge", CHALLENGE), ("code_challenge_method", "S256")]);
    let uri = answer.ok().json()["request_uri"].as_str().unwrap().to_owned();
    assert!(interaction_id(&op.agent().get(&path(&client, &uri, &[]))).is_some());
}

/// RFC 9126 §5.
#[test]
fn the_metadata_tells_where_to_push() {
    let op = TestOp::start();
    let document = op.agent().get("/.well-known/openid-configuration").ok().json();
    let endpoint = document["pushed_authorization_request_endpoint"].as_str().unwrap();
    assert_eq!(endpoint, format!("{}{PAR}", op.base_url()));
    assert_eq!(document["require_pushed_authorization_requests"], false);
}
