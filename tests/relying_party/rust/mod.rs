//! The crate openidconnect, in a program of its own.

use std::{path::Path, process::Command};

use pocketid::{crypto::Algorithm, model::ClientType};
use serde_json::{Value, json};

use crate::support::{op::TestOp, program::run, wait_for};

/// As `tests/setup.sh` builds it.
const PROGRAM: &str = "target/relying_party/debug/openidconnect-client";

fn result(client_type: ClientType, algorithm: Algorithm) -> Value {
    let op = TestOp::start();
    let mut ada = op.person("ada");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.client_type = client_type;
        client.requires_pkce = true;
        client.id_token_signed_response_alg = algorithm;
    });
    let secret = match client_type {
        ClientType::Confidential => client.secret.as_str(),
        ClientType::Public => "",
    };
    let config = json!({
        "client_id": client.id,
        "client_secret": secret,
        "redirect_uri": client.redirect_uri,
        "algorithm": algorithm.as_str(),
    });
    wait_for_key(&op, algorithm);
    let command = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join(PROGRAM));
    run(command, &op, &mut ada, config)
}

/// The program reads the JWK Set when it starts, and never again.
fn wait_for_key(op: &TestOp, algorithm: Algorithm) {
    let key = format!(r#""alg":"{}""#, algorithm.as_str());
    wait_for(&key, || op.agent().get("/.well-known/jwks.json").text().contains(&key));
}

#[test]
fn openidconnect_signs_its_user_in_and_refreshes_whatever_the_client_and_the_algorithm() {
    for (client_type, algorithm) in [
        (ClientType::Public, Algorithm::Rs256),
        (ClientType::Confidential, Algorithm::Rs256),
        (ClientType::Confidential, Algorithm::Rs384),
        (ClientType::Confidential, Algorithm::Rs512),
        (ClientType::Confidential, Algorithm::Ps256),
        (ClientType::Confidential, Algorithm::Es256),
        (ClientType::Confidential, Algorithm::Es384),
        (ClientType::Confidential, Algorithm::EdDsa),
    ] {
        let result = result(client_type, algorithm);
        for claims in ["claims", "renewed", "userinfo"] {
            assert_eq!(result[claims]["preferred_username"], "ada", "{claims}: {result}");
            assert_eq!(result[claims]["email"], "ada@example.com", "{claims}: {result}");
        }
        assert_eq!(result["is_rotated"], true, "{result}");
        assert_eq!(result["replayed"], "invalid_grant", "{result}");
    }
}
