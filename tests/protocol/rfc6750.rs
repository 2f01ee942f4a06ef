//! RFC 6750: how an access token is shown, and the answers to a useless one.

use bytes::Bytes;
use hyper::Method;
use serde_json::Value;

use crate::support::{agent::SESSION, op::TestOp};

const PATH: &str = "/api/oidc/userinfo";
const FORM: &str = "application/x-www-form-urlencoded";

fn access_token(op: &TestOp, name: &str, scope: &str) -> String {
    let client = op.client();
    let code = op.person(name).code(&client, &[("scope", scope)]);
    let tokens: Value = op.redeem(&client, &code).ok().json();
    tokens["access_token"].as_str().unwrap().to_owned()
}

/// RFC 6750 §2.1 and §2.2, OIDC Core §5.3.1: in the header of a GET or a POST, or in the form of a
/// POST.
#[test]
fn a_token_is_taken_from_the_header_or_from_a_form() {
    let op = TestOp::start();
    let token = access_token(&op, "alice", "openid");
    let mut bearer = op.agent().with_header("authorization", &format!("Bearer {token}"));
    let form = format!("access_token={token}");

    for answer in [
        bearer.get(PATH),
        bearer.send(Method::POST, PATH, None, Bytes::new()),
        bearer.send(Method::POST, PATH, Some(FORM), Bytes::new()),
        op.agent().send(Method::POST, PATH, Some(FORM), form.clone().into()),
        op.agent().send(Method::POST, PATH, Some(&format!("{FORM}; charset=UTF-8")), form.into()),
    ] {
        let answer = answer.ok();
        assert_eq!(answer.header("cache-control"), "no-store", "§5.3");
        assert!(answer.json()["sub"].is_string());
    }
}

/// RFC 6750 §2.2: a form is one of the right type, and not the body of a GET; §2.3 and RFC 9700 §4.3.2:
/// an address is no place for a token.
#[test]
fn a_token_is_taken_from_nowhere_else() {
    let op = TestOp::start();
    let token = access_token(&op, "alice", "openid");
    let form = Bytes::from(format!("access_token={token}"));
    let json = Bytes::from(format!("{{\"access_token\":\"{token}\"}}"));
    let in_query = format!("{PATH}?access_token={token}");
    let mut agent = op.agent();

    for (answer, statuses) in [
        (agent.send(Method::GET, PATH, Some(FORM), form.clone()), [401, 401]),
        (agent.send(Method::GET, &in_query, None, Bytes::new()), [401, 401]),
        (agent.send(Method::POST, &in_query, None, Bytes::new()), [401, 401]),
        (agent.send(Method::POST, PATH, Some("application/json"), json), [400, 401]),
        (agent.send(Method::POST, PATH, Some("text/plain"), form.clone()), [400, 401]),
        (agent.send(Method::PUT, PATH, Some(FORM), form.clone()), [404, 404]),
    ] {
        assert!(statuses.contains(&answer.status), "{answer:?}");
        assert!(!answer.text().contains("\"sub\""), "{answer:?}");
    }
    let twice = Bytes::from([&form[..], b"&", &form[..]].concat());
    assert_eq!(agent.send(Method::POST, PATH, Some(FORM), twice).error(), "400 invalid_request");
    agent.cookies.insert(SESSION.into(), token);
    assert_eq!(agent.get(PATH).status, 401, "a cookie is no place either");
}

/// The challenge for those who show no token (RFC 6750 §3, RFC 9449 §7.1).
pub(super) const SCHEMES: &str = "Bearer, DPoP algs=\"RS256 RS384 RS512 PS256 ES256 ES384 EdDSA\"";

/// RFC 6750 §3 and §3.1: the scheme is named; and, once a token was shown, the error that the body names.
#[test]
fn a_refusal_names_the_scheme_and_its_reason() {
    let op = TestOp::start();
    let without_openid = access_token(&op, "alice", "email");
    let late = access_token(&op, "bob", "openid");
    op.advance(3_601);
    let fresh = access_token(&op, "carol", "email");
    let nothing = op.agent().get(PATH);
    assert_eq!((nothing.status, nothing.header("www-authenticate")), (401, SCHEMES));
    for (token, status, error) in [
        ("nonsense", 401, "invalid_token"),
        (&late, 401, "invalid_token"),
        (&without_openid, 401, "invalid_token"),
        (&fresh, 403, "insufficient_scope"),
    ] {
        let answer = op.userinfo(token);
        assert_eq!(answer.error(), format!("{status} {error}"), "{token}");
        let challenge = answer.header("www-authenticate");
        assert!(challenge.starts_with(&format!("Bearer error=\"{error}\"")), "{challenge}");
        assert_eq!(challenge.matches('"').count() % 2, 0, "{challenge}");
        assert_eq!(answer.header("access-control-allow-origin"), "*", "scripts may read it");
    }
}
