//! oauth4webapi, which leaves nothing to chance: it refuses any answer that is not to the letter.

use serde_json::json;

use super::{WAYS, assert_is_ada, result};

#[test]
fn oauth4webapi_finds_every_answer_to_the_letter() {
    for way in WAYS {
        let result = result("oauth4webapi.mjs", way);
        assert_is_ada(&result, &["claims", "renewed", "userinfo", "userinfo_after_refresh"]);
        assert_eq!(result["metadata"][0], result["metadata"][1]);
        assert_eq!(result["access_token"]["sub"], result["claims"]["sub"], "{result}");
        let refusals = json!({
            "access_token": "OAUTH_WWW_AUTHENTICATE_CHALLENGE",
            "code": "invalid_grant",
            "renewed": "invalid_grant",
        });
        assert_eq!(result["refusals"], refusals);
    }
}
