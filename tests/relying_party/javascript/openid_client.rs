//! openid-client, with all its checks.

use serde_json::json;

use super::{WAYS, assert_is_ada, result};

#[test]
fn openid_client_signs_its_user_in_whatever_the_client_and_the_response_mode() {
    // It reads no fragments, which only a browser sees.
    for way in WAYS.into_iter().filter(|(_, response_mode)| *response_mode != "fragment") {
        let result = result("openid_client.mjs", way);
        assert_is_ada(&result, &["claims", "renewed", "userinfo"]);
        assert_eq!(result["good"], json!([false, true]), "{result}");
        let refusals = json!({
            "state": "OAUTH_INVALID_RESPONSE",
            "iss": "OAUTH_INVALID_RESPONSE",
            "pkce": "invalid_grant",
            "nonce": "OAUTH_JWT_CLAIM_COMPARISON_FAILED",
            "consumed": "invalid_grant",
            "refresh_token": "invalid_grant",
            "renewed": "invalid_grant",
            "prompt": "login_required",
        });
        assert_eq!(result["refusals"], refusals);
    }
}
