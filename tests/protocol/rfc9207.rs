//! RFC 9207: each answer of the authorization endpoint says whose it is.

use crate::support::op::TestOp;

/// RFC 9207 §2 and §2.3: in every mode, in success and in failure, and the metadata say so.
#[test]
fn every_authorization_response_names_its_issuer() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    alice.code(&client, &[]);
    let metadata = op.agent().get("/.well-known/openid-configuration").ok().json();
    let issuer = metadata["issuer"].as_str().unwrap();
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);

    for (prompt, name) in [("", "code"), ("none login", "error")] {
        for mode in ["query", "fragment"] {
            let answer = alice.authorize(&client, &[("prompt", prompt), ("response_mode", mode)]);
            assert!(answer.location_param(name).is_some(), "{mode}");
            assert_eq!(answer.location_param("iss").unwrap(), issuer, "{mode} {name}");
        }
        let more = [("prompt", prompt), ("response_mode", "form_post")];
        let fields = alice.authorize(&client, &more).form_fields();
        let value = |name: &str| fields.iter().filter(|(n, _)| n == name).collect::<Vec<_>>();
        assert_eq!(value("iss"), [&("iss".to_owned(), issuer.to_owned())]);
        assert_eq!((value(name).len(), value("state").len()), (1, 1));
    }
}

/// RFC 9207 §2.4: it is the issuer of the ID token too, to the letter.
#[test]
fn the_issuer_is_the_same_everywhere() {
    let op = TestOp::start();
    let client = op.client();
    let mut alice = op.person("alice");
    let answer = alice.authorize(&client, &[]);
    let code = answer.location_param("code").unwrap();
    let tokens = op.redeem(&client, &code).ok().json();
    for token in ["id_token", "access_token"] {
        let token = tokens[token].as_str().unwrap();
        let claims: serde_json::Value = pocketid::crypto::jws::peek_claims(token).unwrap();
        assert_eq!(claims["iss"], answer.location_param("iss").unwrap());
    }
}
