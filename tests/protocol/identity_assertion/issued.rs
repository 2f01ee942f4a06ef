//! Issued assertions, and their traces.

use pocketid::crypto::Algorithm;
use serde_json::{Value, json};

use super::{BY_REFRESH, CHAT, ID_JAG, ID_TOKEN, Scene, allow, text};
use crate::support::op::TestOp;

/// §3.1, §4.3.4.
#[test]
fn a_client_gets_an_assertion_about_its_user() {
    let mut scene = Scene::open();
    let tokens = scene.sign_in("openid profile");
    let id_token = text(&tokens, "id_token");
    scene.op.advance(10);
    let rows = scene.op.count("access_tokens");

    let answer = scene.ask(&id_token, &[]).ok();

    assert_eq!(answer.header("cache-control"), "no-store");
    let mut answer = answer.json();
    let (header, mut claims) = scene.op.verified(&text(&answer, "access_token"));
    answer["access_token"] = json!("JWT");
    assert_eq!(
        answer,
        json!({
            "access_token": "JWT", "issued_token_type": ID_JAG, "token_type": "N_A",
            "expires_in": 300, "scope": "chat.read chat.write",
        })
    );
    assert_eq!((&header["typ"], &header["alg"]), (&json!("oauth-id-jag+jwt"), &json!("RS256")));
    let of_id_token = scene.op.verified(&id_token).1;
    let now = claims["iat"].as_i64().unwrap();
    assert!((0..60).contains(&(scene.op.now().as_unix() - now)), "{now}");
    let jti = claims["jti"].take();
    assert!(jti.as_str().is_some_and(|jti| jti.len() > 20), "{jti}");
    assert_eq!(
        claims,
        json!({
            "iss": of_id_token["iss"], "sub": of_id_token["sub"], "aud": CHAT,
            "client_id": "wiki-there", "jti": null, "iat": now, "exp": now + 300,
            "resource": "https://api.chat.example/", "scope": "chat.read chat.write",
            "auth_time": of_id_token["auth_time"], "amr": of_id_token["amr"],
        })
    );
    // Each is another one, and none is stored.
    assert_ne!(scene.claims(&id_token, &[])["jti"], jti);
    assert_eq!(scene.op.count("access_tokens"), rows);
    assert_eq!(scene.op.count("exchanged_tokens"), 0);
    assert_eq!(scene.op.count("asserted_audiences"), 1);
    scene.op.userinfo(&text(&tokens, "access_token")).ok();
}

/// The client may hand on what its own scope tells it.
#[test]
fn the_email_is_told_to_a_client_that_knows_it() {
    let mut scene = Scene::open();
    let id_token = text(&scene.sign_in("openid email"), "id_token");
    let claims = scene.claims(&id_token, &[]);
    let own = scene.op.verified(&id_token).1;
    assert_eq!(claims["email"], own["email"]);
    assert_eq!(claims["email_verified"], own["email_verified"]);
    assert!(claims["email"].is_string() && claims["email_verified"].is_boolean(), "{claims}");
    let without = text(&scene.sign_in("openid profile"), "id_token");
    let claims = scene.claims(&without, &[]);
    assert!(claims.get("email").is_none() && claims.get("email_verified").is_none(), "{claims}");
    let acr = json!({"id_token": {"acr": null}}).to_string();
    let code = scene.alice.code(&scene.wiki, &[("scope", "openid"), ("claims", &acr)]);
    let id_token = text(&scene.op.redeem(&scene.wiki, &code).ok().json(), "id_token");
    assert_eq!(scene.claims(&id_token, &[])["acr"], "0");
}

#[test]
fn an_assertion_is_signed_as_the_id_tokens_of_the_client() {
    for algorithm in [Algorithm::Es256, Algorithm::EdDsa, Algorithm::Ps256] {
        let mut scene = Scene::with(|client| client.id_token_signed_response_alg = algorithm);
        let id_token = scene.id_token();
        let answer = scene.ask(&id_token, &[]).ok().json();
        let header = scene.op.verified(&text(&answer, "access_token")).0;
        assert_eq!(header["alg"], algorithm.as_str());
    }
}

/// What the rule leaves open is for the other server to judge.
#[test]
fn scope_and_resource_are_those_of_the_rule_or_as_asked_for() {
    let mut scene = Scene::open();
    let (open, two) = ("https://open.example/t/1/", "https://two.example");
    allow(&scene.op, &scene.wiki, open, "", "");
    allow(&scene.op, &scene.wiki, two, "a", "https://a.example https://b.example");
    let id_token = scene.id_token();
    for (more, scope, resource) in [
        (&[("scope", "chat.read")][..], json!("chat.read"), json!("https://api.chat.example/")),
        (
            &[("resource", "https://api.chat.example")],
            json!("chat.read chat.write"),
            json!("https://api.chat.example/"),
        ),
        (&[("audience", open)], Value::Null, Value::Null),
        // Also without the slash, but told as the server spells it.
        (
            &[
                ("audience", "https://open.example/t/1"),
                ("scope", "openid  x:1"),
                ("resource", "https://any.example/mcp/"),
            ],
            json!("openid x:1"),
            json!("https://any.example/mcp/"),
        ),
        (&[("audience", two)], json!("a"), json!(["https://a.example", "https://b.example"])),
        (
            &[("audience", two), ("resource", "https://b.example")],
            json!("a"),
            json!("https://b.example"),
        ),
    ] {
        let answer = scene.ask(&id_token, more).ok().json();
        let claims = scene.op.verified(&text(&answer, "access_token")).1;
        assert_eq!(claims["scope"], scope, "{more:?}");
        assert_eq!(answer["scope"], scope, "{more:?}");
        assert_eq!(claims["resource"], resource, "{more:?}");
        let audience = claims["aud"].as_str().unwrap();
        assert!([CHAT, open, two].contains(&audience), "{claims}");
    }
}

/// One entry for the sign-in and the server, and not one for each call.
#[test]
fn the_audit_log_tells_of_the_first_assertion() {
    let mut scene = Scene::open();
    let other = "https://other.example";
    allow(&scene.op, &scene.wiki, other, "", "");
    for _ in 0..2 {
        let id_token = scene.id_token();
        for audience in [CHAT, CHAT, other, other] {
            scene.ask(&id_token, &[("audience", audience)]).ok();
        }
        scene.op.advance(5);
    }
    let told = scene.op.texts(
        "SELECT data FROM audit_events WHERE kind = 'IDENTITY_ASSERTION_ISSUED'
          ORDER BY created_at, id",
    );
    let told: Vec<Value> = told.iter().map(|data| serde_json::from_str(data).unwrap()).collect();
    let audiences: Vec<_> = told.iter().map(|data| data["audience"].as_str().unwrap()).collect();
    assert_eq!(audiences, [CHAT, other, CHAT, other]);
    assert_eq!(told[0]["clientId"], scene.wiki.id);
    let of_alice = format!(
        "SELECT COUNT(*) FROM audit_events
          WHERE kind = 'IDENTITY_ASSERTION_ISSUED' AND user_id = {}",
        blob(&scene)
    );
    assert_eq!(scene.op.number(&of_alice), 4);
    assert_eq!(scene.op.count("asserted_audiences"), 4);
    scene.op.execute("DELETE FROM grants");
    assert_eq!(scene.op.count("asserted_audiences"), 0, "with the sign-in");
}

fn blob(scene: &Scene) -> String {
    let hex = scene.alice.id.0.simple();
    if scene.op.is_postgres() { format!("'\\x{hex}'") } else { format!("x'{hex}'") }
}

/// §4.3, §4.3.3: a refresh token stays as it is.
#[test]
fn a_refresh_token_serves_when_the_id_token_has_expired() {
    let mut scene = Scene::open();
    let tokens = scene.sign_in("openid offline_access");
    let refresh = text(&tokens, "refresh_token");
    scene.op.advance(3_600);
    let expired = scene.ask(&text(&tokens, "id_token"), &[]);
    assert_eq!(expired.error(), "400 invalid_request");

    for _ in 0..2 {
        let claims = scene.claims(&refresh, BY_REFRESH);
        assert_eq!(claims["sub"], scene.alice.id.to_string());
        assert_eq!(claims["aud"], CHAT);
    }

    let next = scene.op.refresh(&scene.wiki, &refresh).ok().json();
    let used = scene.ask(&refresh, BY_REFRESH);
    assert_eq!(used.error(), "400 invalid_request", "it was replaced");
    // Nothing is revoked for it: servers of one application may cross.
    scene.ask(&text(&next, "refresh_token"), BY_REFRESH).ok();
    scene.ask(&text(&next, "id_token"), &[]).ok();
}

/// §7: RFC 8414 metadata.
#[test]
fn the_metadata_name_the_type_of_assertions() {
    let op = TestOp::start();
    for path in ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"] {
        let metadata = op.agent().get(path).ok().json();
        let types = &metadata["identity_chaining_requested_token_types_supported"];
        assert_eq!(*types, json!([ID_JAG]), "{path}");
    }
}

/// §9.3: it is of no use here.
#[test]
fn an_assertion_is_no_token_of_this_server() {
    let mut scene = Scene::open();
    let id_token = scene.id_token();
    let assertion = text(&scene.ask(&id_token, &[]).ok().json(), "access_token");
    assert_eq!(scene.op.userinfo(&assertion).error(), "401 invalid_token");
    let fields = [
        ("token", &*assertion),
        ("client_id", &scene.wiki.id),
        ("client_secret", &scene.wiki.secret),
    ];
    let told = scene.op.agent().post_form("/api/oidc/introspect", &fields).ok().json();
    assert_eq!(told, json!({"active": false}));
    assert_eq!(scene.ask(&assertion, &[]).error(), "400 invalid_request");
    let own_type = [("subject_token_type", ID_JAG)];
    assert_eq!(scene.ask(&assertion, &own_type).error(), "400 invalid_request");
    let jwt_bearer =
        [("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", &*assertion)];
    assert_ne!(scene.op.token(&scene.wiki, &jwt_bearer).status, 200);
    let access = [("subject_token_type", super::ACCESS_TOKEN), ("requested_token_type", "")];
    assert_ne!(scene.ask(&assertion, &access).status, 200);
    assert_eq!(scene.claims(&id_token, &[("subject_token_type", ID_TOKEN)])["aud"], CHAT);
}
