//! Assertions that are refused, and what they leave behind: nothing.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use pocketid::crypto::{Algorithm, jws};
use serde_json::{Value, json};

use super::{GRANT_TYPE, REFUSED, Scene, assertions::public, jwks_file, key};
use crate::support::dpop::ProofKey;

/// RFC 7523 §3.
#[test]
fn what_an_assertion_says_must_be_true() {
    let scene = Scene::start();
    let now = scene.op.now().as_unix();
    for changes in [
        json!({"iss": "other", "sub": "other"}),
        json!({"iss": "other"}),
        json!({"sub": "other"}),
        json!({"sub": null}),
        json!({"iss": null}),
        json!({"iss": scene.op.new_id(), "sub": scene.op.new_id()}),
        json!({"iss": scene.op.base_url()}),
        json!({"cnf": {"jkt": "x"}}),
        json!({"iss": ["ci-deploy"]}),
        json!({"iss": scene.id}),
        json!({"aud": "https://other.example.com"}),
        json!({"aud": scene.client.id}),
        json!({"aud": format!("{}/api/oidc/userinfo", scene.op.base_url())}),
        json!({"aud": []}),
        json!({"aud": null}),
        json!({"exp": now - 31}),
        json!({"exp": null}),
        json!({"exp": "soon"}),
        json!({"exp": now + 3_700}),
        json!({"exp": 1e300}),
        json!({"iat": now + 60}),
        json!({"nbf": now + 60}),
        json!({"jti": ""}),
        json!({"jti": "x".repeat(257)}),
        json!({"jti": 1}),
    ] {
        let answer = scene.send(&scene.sign(&changes), &[]);
        assert_eq!(answer.error(), REFUSED, "{changes}");
        // The cause goes to the log alone.
        let told = answer.json()["error_description"].clone();
        let usual = "The assertion is malformed, expired, used, or of an unknown service.";
        assert_eq!(told, usual, "{changes}");
    }
    scene.assert_nothing_was_issued();
    assert_eq!(scene.op.number("SELECT COUNT(*) FROM services WHERE last_used_at IS NOT NULL"), 0);
}

/// A token with this header and the usual claims, signed with the key of the service.
fn with_header(scene: &Scene, header: &Value) -> String {
    let claims = scene.claims(&json!({}));
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(header), part(&claims));
    let signature = BASE64_URL_SAFE_NO_PAD.encode(scene.key.sign(signed.as_bytes()));
    format!("{signed}.{signature}")
}

/// RFC 8725 §3.1, §3.10, §3.11.
#[test]
fn only_keys_of_the_service_are_believed_and_each_for_its_own_algorithm() {
    let scene = Scene::start();
    let usual = json!({});
    for stranger in [key("own", Algorithm::Es256), key("own", Algorithm::Rs256)] {
        let forged = jws::sign(&stranger, "JWT", &scene.claims(&usual));
        assert_eq!(scene.send(&forged, &[]).error(), REFUSED);
        // RFC 7515 §4.1.3: a key in the header proves itself and nothing else.
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        for header in [
            json!({"alg": stranger.algorithm().as_str(), "jwk": stranger.public_jwk()}),
            json!({"alg": stranger.algorithm().as_str(), "kid": "own", "x5c": ["MIIB"]}),
            json!({"alg": stranger.algorithm().as_str(), "jku": "https://evil.example.com/k"}),
        ] {
            let signed = format!("{}.{}", part(&header), part(&scene.claims(&usual)));
            let signature = BASE64_URL_SAFE_NO_PAD.encode(stranger.sign(signed.as_bytes()));
            assert_eq!(scene.send(&format!("{signed}.{signature}"), &[]).error(), REFUSED);
        }
    }
    for header in [
        json!({"alg": "none"}),
        json!({"alg": "HS256"}),
        json!({"alg": "RS256", "kid": "own"}),
        json!({"alg": "ES384", "kid": "own"}),
        json!({"alg": "ES256", "kid": "other"}),
        json!({"alg": "ES256", "kid": "../own.json"}),
        json!({"alg": "ES256", "kid": "own' OR '1'='1"}),
        json!({"alg": "ES256", "kid": 1}),
        json!({"alg": "ES256", "kid": "own", "crit": ["exp"]}),
        json!({"alg": "ES256", "kid": "own", "typ": "oauth-authz-req+jwt"}),
        json!({"alg": "ES256", "kid": "own", "typ": "dpop+jwt"}),
        json!({"alg": "ES256", "kid": "own", "typ": "oauth-id-jag+jwt"}),
        json!({"alg": "ES256", "kid": "own", "typ": "at+jwt"}),
        json!({"alg": "ES256", "kid": "own", "typ": "application/at+jwt"}),
        json!({"alg": "ES256", "kid": "own", "typ": "token-introspection+jwt"}),
        json!({"alg": "ES256", "kid": "own", "typ": "secevent+jwt"}),
        json!({"kid": "own"}),
        json!([]),
    ] {
        assert_eq!(scene.send(&with_header(&scene, &header), &[]).error(), REFUSED, "{header}");
    }
    scene.assert_nothing_was_issued();
    let good = json!({"alg": "ES256", "kid": "own"});
    assert_eq!(scene.send(&with_header(&scene, &good), &[]).status, 200);
}

/// The public key as the secret of an HMAC.
#[test]
fn the_public_key_is_no_secret() {
    let scene = Scene::start();
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let header = json!({"alg": "HS256", "kid": "own"});
    let signed = format!("{}.{}", part(&header), part(&scene.claims(&json!({}))));
    let jwk = serde_json::to_vec(&scene.key.public_jwk()).unwrap();
    let mac = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &jwk);
    let signature = BASE64_URL_SAFE_NO_PAD.encode(ring::hmac::sign(&mac, signed.as_bytes()));
    assert_eq!(scene.send(&format!("{signed}.{signature}"), &[]).error(), REFUSED);
    scene.assert_nothing_was_issued();
}

#[test]
fn what_is_no_assertion_is_refused() {
    let scene = Scene::start();
    let good = scene.sign(&json!({}));
    let (signed, _) = good.rsplit_once('.').unwrap();
    let long = scene.sign(&json!({"x": "x".repeat(9_000)}));
    for forged in [
        "nonsense",
        "a.b.c",
        "..",
        signed,
        &format!("{signed}."),
        &format!("{signed}.AAAA"),
        &format!("{good}.x"),
        &format!(" {good}"),
        &good.to_uppercase(),
        &long,
    ] {
        assert_eq!(scene.send(forged, &[]).error(), REFUSED, "{}", &forged[..forged.len().min(80)]);
    }
    let none = scene.op.token(&scene.client, &[("grant_type", GRANT_TYPE)]);
    assert_eq!(none.error(), "400 invalid_request");
    let twice = [("assertion", good.as_str())];
    assert_eq!(scene.send(&good, &twice).error(), "400 invalid_request");
    scene.assert_nothing_was_issued();
    assert_eq!(scene.send(&good, &[]).status, 200, "and none of that used it up");
}

#[test]
fn the_key_of_one_service_proves_no_other_user() {
    let scene = Scene::start();
    let op = &scene.op;
    let ada = op.user("ada");
    let other = key("own", Algorithm::Es256);
    let file = jwks_file(op, "other.json", &[&other]);
    op.beside(&format!("service create other --jwks {file} --client {}", scene.client.id)).ok();
    op.beside("service create bare").expect_success();
    for (iss, sub) in [
        ("other", "other"),
        ("ci-deploy", "other"),
        ("other", "ci-deploy"),
        ("ada", "ada"),
        ("ada@example.com", "ada@example.com"),
        ("bare", "bare"),
        (&ada.id.to_string(), &ada.id.to_string()),
    ] {
        let answer = scene.send(&scene.sign(&json!({"iss": iss, "sub": sub})), &[]);
        assert_eq!(answer.error(), REFUSED, "{iss} {sub}");
    }
    scene.assert_nothing_was_issued();
}

#[test]
fn a_client_that_was_not_named_for_the_service_gets_nothing() {
    let scene = Scene::start();
    let op = &scene.op;
    let other = op.client();
    let answer = scene.send_as(&other, &scene.sign(&json!({})), &[]);
    assert_eq!(answer.error(), "400 unauthorized_client");
    let wrong = crate::support::op::TestClient { secret: "wrong".into(), ..scene.client.clone() };
    assert_eq!(scene.send_as(&wrong, &scene.sign(&json!({})), &[]).error(), "401 invalid_client");
    let group = op.group("deployers", &[]);
    op.allow_group(&scene.client, group);
    op.execute("UPDATE clients SET is_group_restricted = 1");
    let answer = scene.send(&scene.sign(&json!({})), &[]);
    assert_eq!(answer.error(), "400 access_denied", "it is in none of the groups");
    scene.assert_nothing_was_issued();
    op.beside("group assign deployers ci-deploy").expect_success();
    assert_eq!(scene.send(&scene.sign(&json!({})), &[]).status, 200);
}

/// Each token leaves an entry in the audit log.
#[test]
fn a_service_that_asks_without_end_has_to_wait_and_others_have_not() {
    let op = crate::support::op::TestOp::with_settings(&[("TRUST_PROXY", "127.0.0.1")]);
    let (client, own) = (op.client(), key("own", Algorithm::Es256));
    let file = jwks_file(&op, "own.json", &[&own]);
    for name in ["ci-deploy", "other"] {
        op.beside(&format!("service create {name} --jwks {file} --client {}", client.id)).ok();
    }
    let ask = |name: &str, number: usize| {
        let claims = json!({
            "iss": name, "sub": name, "aud": op.base_url(), "exp": op.now().plus(60).as_unix(),
            "jti": number.to_string(),
        });
        let assertion = jws::sign(&own, "JWT", &claims);
        let fields = [
            ("grant_type", GRANT_TYPE),
            ("assertion", assertion.as_str()),
            ("client_id", client.id.as_str()),
            ("client_secret", client.secret.as_str()),
        ];
        let address = format!("10.0.{}.{}", number / 200, number % 200);
        let mut agent = op.agent().with_header("x-forwarded-for", &address);
        agent.post_form("/api/oidc/token", &fields)
    };
    let first_refused =
        (0..400).map(|number| ask("ci-deploy", number)).find(|one| one.status != 200);
    assert_eq!(first_refused.unwrap().error(), "429 temporarily_unavailable");
    let issued = op.count("grants");
    assert!((300..400).contains(&issued), "{issued}");
    assert_eq!(ask("other", 0).status, 200);
}

/// What this server signs says who a user is, and to whom.
#[test]
fn tokens_of_this_server_stand_for_no_service() {
    let scene = Scene::start();
    let op = &scene.op;
    let tokens = scene.token(&[("scope", "openid")]);
    let federated =
        format!("issuer={},subject={},audience={}", op.base_url(), scene.id, scene.client.id);
    let client = scene.client.id.as_str();
    op.beside_args(&["service", "create", "other", "--federated", &federated, "--client", client])
        .expect_success();
    for name in ["id_token", "access_token"] {
        let token = tokens[name].as_str().unwrap();
        assert_eq!(scene.send(token, &[]).error(), REFUSED, "{name}");
    }
    assert_eq!(op.count("grants"), 1);
}

/// An assertion that was overheard is of no use, not even to keep its service out.
#[test]
fn used_assertions_cost_their_service_nothing() {
    let op = crate::support::op::TestOp::with_settings(&[]);
    let (client, own) = (op.client(), key("own", Algorithm::Es256));
    let file = jwks_file(&op, "own.json", &[&own]);
    let shown = op
        .beside(&format!("service create ci-deploy --jwks {file} --client {} -o json", client.id))
        .ok();
    let shown: Value = serde_json::from_str(&shown).unwrap();
    let scene = Scene { id: shown["id"].as_str().unwrap().to_owned(), op, client, key: own };
    let used = scene.sign(&json!({}));
    assert_eq!(scene.send(&used, &[]).status, 200);
    for _ in 0..310 {
        // The limit of the address is another one.
        if scene.send(&used, &[]).error() != REFUSED {
            scene.op.advance(3);
            assert_eq!(scene.send(&used, &[]).error(), REFUSED);
        }
    }
    assert_eq!(scene.send(&scene.sign(&json!({})), &[]).status, 200);
}

/// A name alone shows nobody which services there are.
#[test]
fn without_a_client_every_refusal_is_the_same() {
    let scene = Scene::start();
    scene.op.beside("service create bare").expect_success();
    let told = |name: &str| {
        let assertion = scene.sign(&json!({"iss": name, "sub": name}));
        let fields = [("grant_type", GRANT_TYPE), ("assertion", assertion.as_str())];
        let answer = scene.op.agent().post_form("/api/oidc/token", &fields);
        (answer.status, answer.json())
    };
    let unknown = told("unknown");
    assert_eq!(unknown.0, 400);
    assert_eq!(told("ci-deploy"), unknown, "its client has a secret");
    assert_eq!(told("bare"), unknown, "it has no client");
}

/// What its client demands shows nobody which services there are either.
#[test]
fn without_a_client_a_proof_shows_nobody_which_services_there_are() {
    let scene = Scene::with_client(public);
    let (stranger, proof) = (key("own", Algorithm::Es256), ProofKey::new());
    let told = |name: &str, typ: &str, header: Option<&str>| {
        let claims = scene.claims(&json!({"iss": name, "sub": name}));
        let assertion = jws::sign(&stranger, typ, &claims);
        let fields = [("grant_type", GRANT_TYPE), ("assertion", assertion.as_str())];
        let mut agent = header.map_or_else(|| scene.op.agent(), |proof| scene.op.proving(proof));
        let answer = agent.post_form("/api/oidc/token", &fields);
        (answer.status, answer.text())
    };
    for change in [
        "name = 'App'",
        "requires_dpop = 1",
        "requires_dpop = 0, requires_mtls = 1",
        "requires_mtls = 0, registration = 'pending'",
        // It registered itself for no grant type.
        "registration = 'approved'",
    ] {
        scene.op.execute(&format!("UPDATE clients SET {change}"));
        for typ in ["JWT", "oauth-id-jag+jwt"] {
            for header in [None, Some("nonsense".to_owned()), Some(proof.proof(&scene.op))] {
                let told = |name: &str| told(name, typ, header.as_deref());
                assert_eq!(told("ci-deploy"), told("unknown"), "{change} {typ} {header:?}");
            }
        }
    }
    scene.assert_nothing_was_issued();
}

/// FAPI 2.0 §5.3.2.1
#[test]
fn the_profile_of_a_client_counts_for_the_assertions_of_its_services() {
    let scene = Scene::start();
    let several = json!({"aud": [scene.op.base_url(), "https://other.example.com"]});
    assert_eq!(scene.send(&scene.sign(&several), &[]).status, 200);
    scene.op.execute("UPDATE clients SET security_profile = 'fapi2'");
    let proof = ProofKey::new();
    let ask = |assertion: &str| {
        let fields = [("grant_type", GRANT_TYPE), ("assertion", assertion)];
        scene.op.token_with(&scene.client, &fields, &proof.proof(&scene.op))
    };
    assert_ne!(ask(&scene.sign(&several)).status, 200);
}
