//! openid-client, with all its checks.

use serde_json::json;

use super::{BYE, WAYS, Way, assert_is_ada, result};

#[test]
fn openid_client_signs_its_user_in_whatever_the_client_and_the_response_mode() {
    // It reads no fragments, which only a browser sees.
    for way in WAYS.into_iter().filter(|way| way.response_mode != "fragment") {
        let result = result("openid_client/sign_in.mjs", way);
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
        assert_eq!(result["refusals"], refusals, "{way:?}");
    }
}

#[test]
fn openid_client_asks_about_its_tokens_and_gives_them_back() {
    let result = result("openid_client/tokens.mjs", Way::USUAL);
    assert_eq!(result["described"]["username"], "ada", "{result}");
    // RFC 7009 §2.1: the access token goes alone, the refresh token takes all of its grant along.
    let active = json!([[true, true], [false, true], [false, false]]);
    assert_eq!(result["active"], active, "{result}");
}

#[test]
fn openid_client_signs_its_user_out() {
    let result = result("openid_client/logout.mjs", Way::USUAL);
    assert_eq!(result["address"], BYE, "{result}");
    assert_eq!(result["state"], "state of the sign-out", "{result}");
    assert_eq!(result["sign_in"], json!(["no error", "login_required"]), "{result}");
}

#[test]
fn openid_client_signs_its_user_in_on_a_device() {
    for auth_method in ["client_secret_basic", "none"] {
        let result = result("openid_client/device.mjs", Way { auth_method, ..Way::USUAL });
        assert_is_ada(&result, &["claims", "userinfo"]);
    }
}
