//! openid-client, with all its checks.

use std::process::Command;

use pocketid::{
    crypto::Algorithm,
    model::{SecurityProfile, SubjectType},
};
use serde_json::{Value, json};

use super::{BYE, WAYS, Way, assert_is_ada, result, result_with};
use crate::support::{
    op::TestOp,
    program::{relying_party, run},
};

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

/// RFC 8693: an API exchanges the token that it got, and asks another API with the new one. Each verifies
/// its tokens with `jose`.
#[test]
fn openid_client_exchanges_a_token_for_that_of_another_api() {
    let (orders_api, stock_api) = ("https://orders.example.com", "https://stock.example.com");
    let op = TestOp::start();
    let mut ada = op.person("ada");
    let web = op.client();
    let orders_id = op.api(orders_api, &["orders:read"]);
    let stock_id = op.api(stock_api, &["stock:read", "stock:write"]);
    op.let_use(&web, orders_id, SubjectType::User, &["orders:read"]);
    let rules = json!([{"subjectApi": orders_api, "target": stock_api, "scope": "stock:read"}]);
    let orders = op.client_with("https://orders.example.com/callback", |client| {
        client.token_exchanges = serde_json::from_value(rules).expect("rules");
    });
    op.let_use(&orders, stock_id, SubjectType::User, &["stock:read", "stock:write"]);
    let mut command = Command::new("node");
    command.arg(relying_party("javascript").join("openid_client/exchange.mjs"));
    let config = json!({
        "client_id": web.id,
        "client_secret": web.secret,
        "redirect_uri": web.redirect_uri,
        "auth_method": "client_secret_basic",
        "algorithm": "RS256",
        "pushes": false,
        "orders": {"id": orders.id, "secret": orders.secret},
        "orders_api": orders_api,
        "stock_api": stock_api,
    });

    let result = run(command, &op, &mut ada, config);

    let (sub, answer) = (&result["sub"], &result["answer"]);
    let act = json!({"sub": format!("client-{}", orders.id)});
    assert_eq!(answer["status"], 200, "{result}");
    assert_eq!(answer["type"], "bearer", "the library writes it so");
    assert_eq!(answer["issued"], "urn:ietf:params:oauth:token-type:access_token");
    let stock = json!({"status": 200, "sub": sub, "act": act, "client_id": orders.id});
    assert_eq!(answer["stock"], stock, "{result}");
    assert_eq!(answer["described"]["act"], act, "{result}");
    assert_eq!(answer["direct"]["status"], 401, "a token for another audience");
    assert_eq!(result["ended"]["error"], "invalid_request", "{result}");
    let refusals = json!({
        "wider": "invalid_scope", "elsewhere": "invalid_target", "byOther": "unauthorized_client",
    });
    assert_eq!(result["refusals"], refusals, "{result}");
}
