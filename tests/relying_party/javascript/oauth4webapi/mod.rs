//! oauth4webapi, which leaves nothing to chance: it refuses any answer that is not to the letter.

use pocketid::crypto::Algorithm;
use serde_json::json;

use super::{WAYS, Way, assert_is_ada, result};

#[test]
fn oauth4webapi_finds_every_answer_to_the_letter() {
    for way in WAYS {
        let result = result("oauth4webapi/sign_in.mjs", way);
        assert_is_ada(&result, &["claims", "renewed", "userinfo", "userinfo_after_refresh"]);
        assert_eq!(result["metadata"][0], result["metadata"][1]);
        assert_eq!(result["access_token"]["sub"], result["claims"]["sub"], "{result}");
        let refusals = json!({
            "access_token": "OAUTH_WWW_AUTHENTICATE_CHALLENGE",
            "code": "invalid_grant",
            "renewed": "invalid_grant",
        });
        assert_eq!(result["refusals"], refusals, "{way:?}");
    }
}

#[test]
fn oauth4webapi_verifies_id_tokens_of_every_algorithm() {
    for algorithm in Algorithm::ALL {
        let result = result("oauth4webapi/sign_in.mjs", Way { algorithm, ..Way::USUAL });
        assert_is_ada(&result, &["claims", "renewed"]);
    }
}

#[test]
fn oauth4webapi_gives_its_tokens_back() {
    for way in WAYS {
        let result = result("oauth4webapi/tokens.mjs", way);
        assert_eq!(result["good"], json!([true, false]), "{result}");
        // RFC 7662 §2.1: the caller has to authenticate.
        let introspection = match way.auth_method {
            "none" => "OAUTH_WWW_AUTHENTICATE_CHALLENGE",
            _ => "no error",
        };
        assert_eq!(result["introspection"], introspection, "{way:?}");
    }
}

#[test]
fn oauth4webapi_signs_its_user_in_on_a_device_that_waits() {
    for auth_method in ["client_secret_basic", "client_secret_post", "none"] {
        let result = result("oauth4webapi/device.mjs", Way { auth_method, ..Way::USUAL });
        assert_is_ada(&result, &["claims"]);
        // RFC 8628 §3.5.
        let refusals = json!(["authorization_pending", "slow_down", "invalid_grant"]);
        assert_eq!(result["refusals"], refusals, "{result}");
    }
}
