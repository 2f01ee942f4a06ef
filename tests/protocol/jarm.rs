//! JWT Secured Authorization Response Mode for OAuth 2.0 (JARM).

use pocketid::crypto::Algorithm;
use serde_json::{Value, json};

use crate::support::{
    agent::Answer,
    op::{TestClient, TestOp},
};

fn client(op: &TestOp, algorithm: Algorithm) -> TestClient {
    op.client_with("https://app.example.com/callback", |client| {
        client.id_token_signed_response_alg = algorithm;
    })
}

/// The one parameter of an answer in this mode.
#[track_caller]
fn response(answer: &Answer, mode: &str) -> String {
    let fields: Vec<(String, String)> = match mode {
        "form_post.jwt" => answer.form_fields(),
        _ => {
            let separator = if mode == "fragment.jwt" { '#' } else { '?' };
            let (_, params) = answer.location().split_once(separator).expect("parameters");
            form_urlencoded::parse(params.as_bytes()).into_owned().collect()
        }
    };
    let [(name, value)] = &fields[..] else { panic!("{mode}: {fields:?}") };
    assert_eq!(name, "response", "{mode}");
    value.clone()
}

/// §2.1, §2.3: in each mode and with each algorithm.
#[test]
fn the_answer_is_one_token_for_the_client() {
    let op = TestOp::start();
    let mut alice = op.person("alice");
    for (mode, algorithm) in [
        ("jwt", Algorithm::Rs256),
        ("query.jwt", Algorithm::Es256),
        ("fragment.jwt", Algorithm::Ps256),
        ("form_post.jwt", Algorithm::EdDsa),
    ] {
        let client = client(&op, algorithm);
        let answer = alice.authorize(&client, &[("response_mode", mode)]);

        let (header, claims) = op.verified(&response(&answer, mode));

        assert_eq!(header["alg"], algorithm.as_str(), "{mode}");
        let code = claims["code"].as_str().unwrap().to_owned();
        let exp = claims["exp"].as_i64().unwrap();
        assert!((op.now().as_unix() + 200..=op.now().as_unix() + 300).contains(&exp), "{mode}");
        let expected = json!({
            "iss": op.base_url(), "aud": client.id, "exp": exp, "code": code,
            "state": "state-of-the-client", "scope": "openid profile email",
        });
        assert_eq!(claims, expected, "{mode}");
        op.redeem(&client, &code).ok();
    }
}

/// §2.1: errors as well, whatever finds them.
#[test]
fn an_error_is_signed_as_well() {
    let op = TestOp::start();
    let client = client(&op, Algorithm::Es256);
    let mut alice = op.person("alice");
    let more = [("response_mode", "query.jwt"), ("prompt", "none")];
    let too_early = op.agent().get(&client.authorize_path(&more));
    let unknown = alice.authorize(&client, &[("response_mode", "jwt"), ("max_age", "x")]);
    let uri = op.push(&client, &more).ok().json()["request_uri"].as_str().unwrap().to_owned();
    let pushed = form_urlencoded::Serializer::new(String::new())
        .append_pair("client_id", &client.id)
        .append_pair("request_uri", &uri)
        .finish();
    let pushed = op.agent().get(&format!("/authorize?{pushed}"));
    for (answer, error) in
        [(too_early, "login_required"), (unknown, "invalid_request"), (pushed, "login_required")]
    {
        let (_, claims) = op.verified(&response(&answer, "jwt"));
        assert_eq!(claims["error"], error);
        assert!(claims["error_description"].is_string(), "{claims}");
        assert_eq!(claims["state"], "state-of-the-client");
        assert_eq!(claims["aud"], client.id.as_str());
        assert_eq!(claims.get("code"), None);
    }
}

#[test]
fn a_mode_that_there_is_not_is_refused_in_the_usual_one() {
    let op = TestOp::start();
    let client = client(&op, Algorithm::Es256);
    for mode in ["web_message.jwt", "JWT", "query.jwt ", ".jwt"] {
        let answer = op.agent().get(&client.authorize_path(&[("response_mode", mode)]));
        assert_eq!(answer.location_param("error").unwrap(), "invalid_request", "{mode}");
    }
}

/// §4.
#[test]
fn the_metadata_names_the_modes_and_the_algorithms() {
    let op = TestOp::start();
    let document = op.agent().get("/.well-known/openid-configuration").ok().json();
    let modes = document["response_modes_supported"].as_array().unwrap();
    for mode in ["jwt", "query.jwt", "fragment.jwt", "form_post.jwt"] {
        assert!(modes.contains(&json!(mode)), "{mode}");
    }
    let algorithms: Value = json!(Algorithm::ALL.map(Algorithm::as_str));
    assert_eq!(document["authorization_signing_alg_values_supported"], algorithms);
}
