//! Authlib, with its HTTP client and its integration with Django.

use std::process::Command;

use serde_json::{Value, json};

use crate::support::{
    django::python,
    op::TestOp,
    program::{relying_party, run},
};

/// Where users come out who signed out.
const BYE: &str = "https://app.example.com/bye";

fn result(auth_method: &str) -> Value {
    let op = TestOp::start();
    let mut ada = op.person("ada");
    let client = op.client_with("https://app.example.com/callback", |client| {
        client.requires_pkce = true;
        client.post_logout_redirect_uris.push(BYE.parse().expect("a redirect URI"));
    });
    let mut command = Command::new(python());
    command.arg("-B").arg(relying_party("authlib/client.py"));
    let config = json!({
        "client_id": client.id,
        "client_secret": client.secret,
        "redirect_uri": client.redirect_uri,
        "post_logout_redirect_uri": BYE,
        "auth_method": auth_method,
    });
    run(command, &op, &mut ada, config)
}

#[test]
fn authlib_signs_its_user_in_and_out_and_refreshes_with_rotation() {
    for auth_method in ["client_secret_basic", "client_secret_post"] {
        let result = result(auth_method);
        for claims in ["id_token", "userinfo", "userinfo_after_refresh"] {
            assert_eq!(result[claims]["preferred_username"], "ada", "{claims}: {result}");
            assert_eq!(result[claims]["email"], "ada@example.com", "{claims}: {result}");
            assert_eq!(result[claims]["sub"], result["id_token"]["sub"], "{claims}: {result}");
        }
        assert_eq!(result["is_rotated"], true, "{result}");
        assert_eq!(result["good"], json!([false, true]), "{result}");
        // RFC 9700 §4.14.2: whoever uses a refresh token again ends what it was rotated into.
        let refusals = json!(["mismatching_state", "invalid_grant", "invalid_grant"]);
        assert_eq!(result["refusals"], refusals, "{result}");
        assert_eq!(result["signed_out"], true, "{result}");
    }
}
