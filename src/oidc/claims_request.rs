//! The `claims` parameter (OIDC Core §5.5), which requests single claims.
//!
//! A claim that is unknown or has no value is omitted without an error (OIDC Core §5.5.1). Two
//! claims are binding: `sub` requires a certain user, and an essential `acr` requires a strength of
//! the sign-in.

use serde_json::{Map, Value};

use super::{OAuthError, OAuthErrorCode, Params};
use crate::model::{Claim, ClaimSet, RequestedClaims, UserId};

/// The only supported `acr`: no level of ISO/IEC 29115 is claimed (OIDC Core §2).
pub const ACR: &str = "0";

/// A parsed `claims` parameter.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClaimsRequest {
    /// The requested claims that are known here.
    pub claims: RequestedClaims,
    /// The required user.
    pub subject: Option<UserId>,
}

/// Reads the parameters `claims` and `acr_values`.
pub fn parse(params: &Params) -> Result<ClaimsRequest, OAuthError> {
    let mut request = ClaimsRequest::default();
    if let Some(text) = params.value("claims") {
        let members: Map<String, Value> =
            serde_json::from_str(text).map_err(|_| malformed("is not a JSON object"))?;
        let id_token = requested(&members, "id_token")?;
        let userinfo = requested(&members, "userinfo")?;
        check_acr(&id_token)?;
        request.claims.id_token = known(&id_token);
        request.claims.userinfo = known(&userinfo);
        request.subject = same_subject(subject(&id_token)?, subject(&userinfo)?)?;
    }
    // OIDC Core §3.1.2.1: `acr_values` requests `acr` as a voluntary claim.
    if params.value("acr_values").is_some() {
        request.claims.id_token.insert(Claim::Acr);
    }
    Ok(request)
}

/// Combines two optional users. Refuses two different ones.
pub fn same_subject(
    one: Option<UserId>,
    other: Option<UserId>,
) -> Result<Option<UserId>, OAuthError> {
    match (one, other) {
        (Some(one), Some(other)) if one != other => {
            Err(OAuthError::invalid_request("The request names two different users."))
        }
        (one, other) => Ok(one.or(other)),
    }
}

/// Reads the claims requested for one place. Each member must be null or an object (OIDC Core
/// §5.5.1).
fn requested(members: &Map<String, Value>, place: &str) -> Result<Map<String, Value>, OAuthError> {
    let claims = match members.get(place) {
        None | Some(Value::Null) => Map::new(),
        Some(Value::Object(claims)) => claims.clone(),
        Some(_) => return Err(malformed(&format!("has an {place} that is not an object"))),
    };
    let is_well_formed = |claim: &Value| match claim {
        Value::Null => true,
        Value::Object(wish) => {
            wish.get("essential").is_none_or(Value::is_boolean)
                && wish.get("values").is_none_or(Value::is_array)
        }
        _ => false,
    };
    if claims.values().all(is_well_formed) {
        Ok(claims)
    } else {
        Err(malformed("has a claim that is neither null nor a valid object"))
    }
}

fn known(claims: &Map<String, Value>) -> ClaimSet {
    claims.keys().filter_map(|name| Claim::parse(name)).collect()
}

/// The accepted values of a claim, if the request limits them.
fn values<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<Vec<&'a Value>> {
    let wish = claims.get(name)?.as_object()?;
    let several = wish.get("values").and_then(Value::as_array);
    let all: Vec<_> = wish.get("value").into_iter().chain(several.into_iter().flatten()).collect();
    (wish.contains_key("value") || several.is_some()).then_some(all)
}

/// Refuses an essential `acr` that cannot be met, which counts as a failed authentication (OIDC
/// Core §5.5.1.1).
fn check_acr(id_token: &Map<String, Value>) -> Result<(), OAuthError> {
    let is_essential = id_token.get("acr").is_some_and(|wish| wish["essential"] == true);
    let is_reached = |values: Vec<&Value>| values.iter().any(|value| **value == ACR);
    if is_essential && !values(id_token, "acr").is_none_or(is_reached) {
        let code = OAuthErrorCode::UnmetAuthenticationRequirements;
        return Err(OAuthError::new(code, "the essential acr is not supported"));
    }
    Ok(())
}

/// Reads the user whose `sub` is requested. Only this user may answer (OIDC Core §3.1.2.2, §5.5.1).
fn subject(claims: &Map<String, Value>) -> Result<Option<UserId>, OAuthError> {
    let Some(values) = values(claims, "sub") else { return Ok(None) };
    let read = |value: &Value| {
        let text = value.as_str();
        let id = text.and_then(|text| text.parse::<UserId>().ok());
        // `sub` is case sensitive (OIDC Core §2).
        let id = id.filter(|id| text == Some(id.to_string().as_str()));
        id.ok_or_else(|| malformed("asks for a sub that does not exist"))
    };
    let mut subject = None;
    for value in &values {
        subject = same_subject(subject, Some(read(value)?))?;
    }
    subject.map(Some).ok_or_else(|| malformed("asks for a sub that does not exist"))
}

fn malformed(what: &str) -> OAuthError {
    OAuthError::invalid_request(format!("The parameter claims {what}."))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    const ALICE: &str = "0193a5b0-0000-7000-8000-000000000001";
    const BOB: &str = "0193a5b0-0000-7000-8000-000000000002";

    fn parse_text(claims: &str) -> Result<ClaimsRequest, OAuthErrorCode> {
        let params = BTreeMap::from([("claims".to_owned(), claims.to_owned())]);
        parse(&Params::from(params)).map_err(|error| error.code)
    }

    fn parse_json(claims: &Value) -> Result<ClaimsRequest, OAuthErrorCode> {
        parse_text(&claims.to_string())
    }

    /// OIDC Core §5.5, with its own example.
    #[test]
    fn known_claims_are_taken_and_others_ignored() {
        let request = parse_json(&json!({
            "userinfo": {
                "given_name": {"essential": true}, "nickname": null, "email": {"essential": true},
                "email_verified": {"essential": true}, "picture": null,
                "http://example.info/claims/groups": null
            },
            "id_token": {
                "auth_time": {"essential": true},
                "acr": {"values": ["urn:mace:incommon:iap:silver"]},
                "name#ja": null, "unknown": {"value": [1], "more": {}}
            },
            "elsewhere": 5
        }))
        .unwrap();
        assert_eq!(request.claims.userinfo.to_string(), "email email_verified given_name picture");
        assert_eq!(request.claims.id_token.to_string(), "acr");
        assert_eq!(request.subject, None);
        assert_eq!(parse_json(&json!({"userinfo": null})).unwrap().claims, Default::default());
    }

    #[test]
    fn what_is_malformed_is_refused() {
        for claims in ["5", "[]", "null", "{", "\"x\"", "nonsense", "{\"id_token\":{}}x"] {
            assert_eq!(parse_text(claims).unwrap_err(), OAuthErrorCode::InvalidRequest, "{claims}");
        }
        let deep = format!("{}{}", "{\"a\":".repeat(400), "}".repeat(400));
        assert_eq!(parse_text(&deep).unwrap_err(), OAuthErrorCode::InvalidRequest);
        for claims in [
            json!({"id_token": []}),
            json!({"userinfo": "email"}),
            json!({"id_token": {"email": true}}),
            json!({"id_token": {"email": {"essential": "yes"}}}),
            json!({"id_token": {"acr": {"values": "0"}}}),
            json!({"id_token": {"sub": {"value": "not a user"}}}),
            json!({"id_token": {"sub": {"value": 5}}}),
            json!({"id_token": {"sub": {"values": []}}}),
            json!({"id_token": {"sub": {"values": [ALICE, BOB]}}}),
            json!({"id_token": {"sub": {"value": ALICE}}, "userinfo": {"sub": {"value": BOB}}}),
        ] {
            let code = parse_json(&claims).unwrap_err();
            assert_eq!(code, OAuthErrorCode::InvalidRequest, "{claims}");
        }
    }

    /// OIDC Core §5.5.1.1.
    #[test]
    fn an_acr_that_we_do_not_state_is_an_error_only_if_it_is_essential() {
        let ask = |wish: Value| parse_json(&json!({"id_token": {"acr": wish}})).map(drop);
        for fine in [
            Value::Null,
            json!({"essential": true}),
            json!({"essential": true, "value": "0"}),
            json!({"essential": true, "values": ["gold", "0"]}),
            json!({"essential": false, "value": "gold"}),
            json!({"value": "gold"}),
        ] {
            assert_eq!(ask(fine.clone()), Ok(()), "{fine}");
        }
        for unmet in [
            json!({"essential": true, "value": "gold"}),
            json!({"essential": true, "values": ["gold", 0]}),
            json!({"essential": true, "values": []}),
        ] {
            let code = OAuthErrorCode::UnmetAuthenticationRequirements;
            assert_eq!(ask(unmet.clone()), Err(code), "{unmet}");
        }
    }

    #[test]
    fn a_sub_with_a_value_says_who_has_to_answer() {
        let wish = json!({"value": ALICE, "values": [ALICE]});
        for place in ["id_token", "userinfo"] {
            let request = parse_json(&json!({ place: {"sub": wish} })).unwrap();
            assert_eq!(request.subject, Some(ALICE.parse().unwrap()));
            assert_eq!(parse_json(&json!({ place: {"sub": null} })).unwrap().subject, None);
        }
    }
}
