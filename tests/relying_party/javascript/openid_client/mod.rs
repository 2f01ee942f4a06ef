//! openid-client, with all its checks.

use pocketid::{crypto::Algorithm, model::SecurityProfile};
use serde_json::{Value, json};

use super::{BYE, WAYS, Way, assert_is_ada, result, result_with};

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

#[track_caller]
fn assert_is_bound(result: &Value, way: Way) {
    assert_is_ada(result, &["claims", "userinfo", "again"]);
    assert_eq!(result["types"], json!(["dpop", "dpop"]), "{way:?}");
    // The library says only that its request was refused.
    let refusals = json!({"stolen": "invalid_grant", "bearer": "OAUTH_WWW_AUTHENTICATE_CHALLENGE"});
    assert_eq!(result["refusals"], refusals, "{way:?}");
}

/// RFC 9449: code, refresh and UserInfo, each with its proof; also with a clock that is wrong.
#[test]
fn openid_client_binds_its_tokens_to_a_key() {
    let usual = Way { algorithm: Algorithm::Es256, ..Way::USUAL };
    let rsa = Way { algorithm: Algorithm::Ps256, ..usual };
    for way in [usual, Way { auth_method: "none", ..usual }, Way { pushes: true, ..usual }, rsa] {
        let result = result("openid_client/dpop.mjs", way);
        assert_is_bound(&result, way);
        assert_eq!(result["is_kept"], false, "{way:?}");
    }
    let late = json!({"clock_skew": -600});
    let result = result_with("openid_client/dpop.mjs", usual, &late, |_| {});
    assert_is_bound(&result, usual);
}

/// FAPI 2.0 Security Profile.
#[test]
fn openid_client_keeps_to_fapi() {
    let private_key = json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI",
    });
    let mut public = private_key.clone();
    public.as_object_mut().unwrap().remove("d");
    let jwks = serde_json::from_value(json!({ "keys": [public] })).unwrap();
    let way = Way {
        auth_method: "private_key_jwt",
        pushes: true,
        algorithm: Algorithm::Es256,
        ..Way::USUAL
    };
    let more = json!({ "private_key": private_key });
    let result = result_with("openid_client/dpop.mjs", way, &more, |client| {
        client.security_profile = Some(SecurityProfile::Fapi2);
        client.keys.jwks = Some(jwks);
    });
    assert_is_bound(&result, way);
    assert_eq!(result["is_kept"], true);
}
