//! Request objects by value (OIDC Core §6.1, RFC 9101): parameters of an authorization request in a
//! JWT.
//!
//! A signed one stands for the whole request (RFC 9101 §6.3), and only the client can have made it.
//! The claims of an unsigned one are as untrusted as the parameters of the URL, with which they are
//! merged: the redirect URI and everything else is checked after that.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{OAuthError, OAuthErrorCode, Params, authorization_request::KEPT};
use crate::{
    crypto::jws::{self, JwsFault},
    model::{Client, Timestamp},
};

/// Maximum length of a request object in bytes.
const MAX_LENGTH: usize = 16 * 1024;

/// Tolerated clock difference in seconds: one minute.
const SKEW_SECONDS: i64 = 60;

type Claims = Map<String, Value>;
type Check = fn(&Claims, &RequestObjectContext<'_>) -> Result<(), OAuthError>;

/// The checks of a request object, in order.
const CHECKS: [Check; 4] = [check_parties, check_times, check_nesting, check_agreement];

/// The request around a request object.
#[derive(Debug, Clone, Copy)]
pub struct RequestObjectContext<'a> {
    /// The parameters beside the request object.
    pub params: &'a Params,
    /// The client that sends the request.
    pub client: &'a Client,
    /// The issuer URL of this server.
    pub issuer: &'a str,
    /// The current time.
    pub now: Timestamp,
}

/// Merges the parameters of a request with those of its request object, which take precedence (OIDC
/// Core §6.1).
pub fn merge(context: &RequestObjectContext<'_>) -> Result<Params, OAuthError> {
    let params = context.params;
    let Some(object) = params.value("request") else { return Ok(params.clone()) };
    let Object { claims, is_signed } = read(object, context.client)?;
    if is_signed {
        check_is_addressed(&claims)?;
    }
    for check in CHECKS {
        check(&claims, context)?;
    }
    let mut merged = if is_signed {
        BTreeMap::from([("client_id".to_owned(), context.client.id.to_string())])
    } else {
        params.only(KEPT)
    };
    for (name, value) in claims.iter().filter(|(name, _)| KEPT.contains(&name.as_str())) {
        merged.insert(name.clone(), text(name, value)?);
    }
    Ok(Params::from(merged))
}

/// A request object that was read.
struct Object {
    claims: Claims,
    is_signed: bool,
}

fn read(object: &str, client: &Client) -> Result<Object, OAuthError> {
    if object.len() > MAX_LENGTH {
        return Err(refuse(format!("is longer than {MAX_LENGTH} bytes")));
    }
    match jws::read_unsecured(object) {
        // FAPI 2.0 §5.4.1 forbids the algorithm none.
        Ok(_) if client.security_profile.is_some() => {
            Err(not_supported("the profile of the client forbids unsigned request objects"))
        }
        Ok(claims) => Ok(Object { claims, is_signed: false }),
        Err(JwsFault::Unsupported) => {
            Ok(Object { claims: read_signed(object, client)?, is_signed: true })
        }
        Err(_) => Err(refuse("is not a JWT")),
    }
}

/// Verifies a signed request object with the client's own keys (RFC 9101 §6.2).
fn read_signed(object: &str, client: &Client) -> Result<Claims, OAuthError> {
    // RFC 7516 §9: an encrypted one has five parts.
    if object.split('.').count() == 5 {
        return Err(not_supported("it is encrypted"));
    }
    let keys = &client.keys.jwks;
    let find = |algorithm, kid: Option<&str>| match keys {
        Some(keys) if client.allows(algorithm) => keys.for_signature(algorithm, kid),
        _ => Vec::new(),
    };
    match jws::verify::<Claims>(object, find) {
        // RFC 9101 §10.8: a token of another kind, such as an assertion, is no request.
        Ok((header, _)) if !is_request(header.typ.as_deref()) => Err(refuse("has another typ")),
        Ok((_, claims)) => Ok(claims),
        Err(fault @ JwsFault::Unsupported) => Err(not_supported(&fault.to_string())),
        Err(fault) => Err(refuse(format!("is not valid: {fault}"))),
    }
}

fn is_request(typ: Option<&str>) -> bool {
    typ.is_none_or(|typ| {
        ["JWT", "oauth-authz-req+jwt"].iter().any(|one| one.eq_ignore_ascii_case(typ))
    })
}

fn not_supported(detail: &str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::RequestNotSupported, detail)
}

/// RFC 9101 §4: a signed request object says whose it is, and for whom.
fn check_is_addressed(claims: &Claims) -> Result<(), OAuthError> {
    match ["iss", "aud"].iter().find(|name| !claims.contains_key(**name)) {
        Some(name) => Err(refuse(format!("is signed and has no {name}"))),
        None => Ok(()),
    }
}

/// RFC 9101 §4: `iss` must be the client and `aud` this server, if they are present.
fn check_parties(claims: &Claims, context: &RequestObjectContext<'_>) -> Result<(), OAuthError> {
    let is = |value: &Value, expected: &str| value.as_str() == Some(expected);
    if claims.get("iss").is_some_and(|iss| !is(iss, context.client.id.as_str())) {
        return Err(refuse("has an iss other than the client"));
    }
    let names_us = |aud: &Value| match aud {
        Value::Array(several) => several.iter().any(|aud| is(aud, context.issuer)),
        one => is(one, context.issuer),
    };
    if claims.get("aud").is_none_or(names_us) {
        Ok(())
    } else {
        Err(refuse("has an aud that is not the issuer"))
    }
}

/// RFC 7519 §4.1.4 and §4.1.5.
fn check_times(claims: &Claims, context: &RequestObjectContext<'_>) -> Result<(), OAuthError> {
    let now = context.now.as_unix();
    let is_in_time = |name: &str, fits: fn(i64, i64) -> bool| {
        let fits = |value: &Value| value.as_f64().is_some_and(|moment| fits(moment as i64, now));
        claims.get(name).is_none_or(fits)
    };
    if !is_in_time("exp", |exp, now| exp > now - SKEW_SECONDS) {
        return Err(refuse("has expired"));
    }
    if is_in_time("nbf", |nbf, now| nbf <= now + SKEW_SECONDS) {
        Ok(())
    } else {
        Err(refuse("is not valid yet"))
    }
}

/// RFC 9101 §4: a request object must not contain another one.
fn check_nesting(claims: &Claims, _: &RequestObjectContext<'_>) -> Result<(), OAuthError> {
    if ["request", "request_uri"].iter().any(|name| claims.contains_key(*name)) {
        Err(refuse("contains request or request_uri"))
    } else {
        Ok(())
    }
}

/// OIDC Core §6.1, RFC 9101 §5: parameters that must be in the URL must have the same values in the
/// object.
fn check_agreement(claims: &Claims, context: &RequestObjectContext<'_>) -> Result<(), OAuthError> {
    let disagrees = |name: &str, own: Option<&str>| {
        claims.get(name).is_some_and(|value| own.is_some_and(|own| value.as_str() != Some(own)))
    };
    if disagrees("client_id", Some(context.client.id.as_str())) {
        return Err(refuse("has a client_id that differs from the request"));
    }
    if disagrees("response_type", context.params.value("response_type")) {
        Err(refuse("has a response_type that differs from the request"))
    } else {
        Ok(())
    }
}

/// Converts a claim to the value of a parameter (RFC 9101 §4).
fn text(name: &str, value: &Value) -> Result<String, OAuthError> {
    let is_text = |text: &str| !text.contains(['\0', char::REPLACEMENT_CHARACTER]);
    match value {
        Value::String(text) if is_text(text) => Ok(text.clone()),
        Value::Number(number) if number.is_i64() => Ok(number.to_string()),
        Value::Object(_) if name == "claims" => Ok(value.to_string()),
        _ => Err(refuse(format!("has an invalid value for {name}"))),
    }
}

fn refuse(what: impl std::fmt::Display) -> OAuthError {
    let message = format!("The request object {what}.");
    OAuthError::explained(OAuthErrorCode::InvalidRequestObject, message)
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
    use serde_json::json;

    use super::*;
    use crate::{
        crypto::{Algorithm, JwkSet, SigningKey},
        model::{ClientType, SecurityProfile},
    };

    fn object(header: &Value, claims: &Value) -> String {
        let encode = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}.", encode(header), encode(claims))
    }

    fn merge_text(object: &str) -> Result<Params, OAuthErrorCode> {
        merge_for(&client(), object)
    }

    fn client() -> Client {
        let (id, name) = ("web".parse().unwrap(), "Web".parse().unwrap());
        Client::new(id, name, ClientType::Confidential, Timestamp::from_unix(0))
    }

    fn merge_for(client: &Client, object: &str) -> Result<Params, OAuthErrorCode> {
        let params = [("request", object), ("response_type", "code"), ("state", "outer")];
        let params = params.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let context = RequestObjectContext {
            params: &Params::from(std::collections::BTreeMap::from(params)),
            client,
            issuer: "https://id.example.com",
            now: Timestamp::from_unix(1_000),
        };
        merge(&context).map_err(|error| error.code)
    }

    fn merged(claims: &Value) -> Result<Params, OAuthErrorCode> {
        merge_text(&object(&json!({"alg": "none"}), claims))
    }

    /// OIDC Core §6.1.
    #[test]
    fn what_the_object_says_takes_the_place_of_the_address() {
        let params = merged(&json!({
            "iss": "web", "aud": ["x", "https://id.example.com"], "exp": 1_060, "nbf": 1_000,
            "client_id": "web", "response_type": "code", "scope": "openid", "max_age": 60,
            "unknown": [1], "request_type": null,
        }))
        .unwrap();
        let value = |name| params.value(name);
        assert_eq!((value("scope"), value("max_age")), (Some("openid"), Some("60")));
        assert_eq!((value("state"), value("response_type")), (Some("outer"), Some("code")));
        assert_eq!((value("unknown"), value("request")), (None, None));
    }

    /// RFC 9101 §4, §5 and §6.
    #[test]
    fn what_does_not_fit_is_refused() {
        for claims in [
            json!({"client_id": "other"}),
            json!({"response_type": "token"}),
            json!({"iss": "other"}),
            json!({"iss": 5}),
            json!({"aud": "https://other.example.com"}),
            json!({"aud": []}),
            json!({"exp": 940}),
            json!({"exp": "tomorrow"}),
            json!({"nbf": 1_061}),
            json!({"request": "e30.e30."}),
            json!({"request_uri": "https://app.example.com"}),
            json!({"scope": ["openid"]}),
            json!({"max_age": 1.5}),
            json!({"state": null}),
            json!({"state": "\0"}),
            json!({"nonce": {"a": 1}}),
            json!([]),
            json!("text"),
        ] {
            let result = merged(&claims);
            assert_eq!(result.unwrap_err(), OAuthErrorCode::InvalidRequestObject, "{claims}");
        }
    }

    #[test]
    fn what_is_signed_encrypted_or_no_jwt_is_told_apart() {
        let (none, claims) = (json!({"alg": "none"}), json!({}));
        let long = object(&none, &json!({"state": "x".repeat(20_000)}));
        for (object, code) in [
            (object(&json!({"alg": "HS256"}), &claims), OAuthErrorCode::RequestNotSupported),
            (object(&json!({"alg": "RS256"}), &claims), OAuthErrorCode::InvalidRequestObject),
            (object(&json!({"alg": "None"}), &claims), OAuthErrorCode::RequestNotSupported),
            (
                object(&json!({"alg": "none", "crit": ["exp"]}), &claims),
                OAuthErrorCode::RequestNotSupported,
            ),
            ("a.b.c.d.e".to_owned(), OAuthErrorCode::RequestNotSupported),
            (object(&json!({}), &claims), OAuthErrorCode::InvalidRequestObject),
            (object(&none, &claims) + "c2ln", OAuthErrorCode::InvalidRequestObject),
            (long, OAuthErrorCode::InvalidRequestObject),
            ("a.b.c".to_owned(), OAuthErrorCode::InvalidRequestObject),
            ("nonsense".to_owned(), OAuthErrorCode::InvalidRequestObject),
            ("..".to_owned(), OAuthErrorCode::InvalidRequestObject),
        ] {
            assert_eq!(merge_text(&object).unwrap_err(), code, "{object}");
        }
    }

    fn key(algorithm: Algorithm) -> SigningKey {
        let pkcs8 = SigningKey::generate(algorithm).unwrap();
        SigningKey::from_pkcs8("k".into(), algorithm, &pkcs8).unwrap()
    }

    /// RFC 9101 §4, §6.2, §6.3.
    #[test]
    fn a_signed_object_is_the_whole_request_of_the_client_that_signed_it() {
        let (own, other) = (key(Algorithm::Es256), key(Algorithm::Es256));
        let mut client = client();
        client.keys.jwks = Some(JwkSet { keys: vec![own.public_jwk()] });
        let claims = json!({
            "iss": "web", "aud": "https://id.example.com", "response_type": "code", "scope": "openid",
        });
        let sign = |key, typ, claims: &Value| jws::sign(key, typ, claims);

        for typ in ["oauth-authz-req+jwt", "JWT"] {
            let params = merge_for(&client, &sign(&own, typ, &claims)).unwrap();
            assert_eq!(params.value("scope"), Some("openid"));
            assert_eq!(params.value("client_id"), Some("web"));
            assert_eq!(params.value("state"), None, "it stands beside the object");
        }
        let without = |name: &str| {
            let mut claims = claims.clone();
            claims.as_object_mut().unwrap().remove(name);
            claims
        };
        let invalid = OAuthErrorCode::InvalidRequestObject;
        for object in [
            sign(&other, "JWT", &claims),
            sign(&own, "dpop+jwt", &claims),
            sign(&own, "JWT", &without("iss")),
            sign(&own, "JWT", &without("aud")),
            sign(&own, "JWT", &json!({"iss": "other", "aud": "https://id.example.com"})),
        ] {
            assert_eq!(merge_for(&client, &object).unwrap_err(), invalid, "{object}");
        }
        client.keys.jwks = None;
        assert_eq!(merge_for(&client, &sign(&own, "JWT", &claims)).unwrap_err(), invalid);
    }

    /// FAPI 2.0 §5.4.1.
    #[test]
    fn a_profile_takes_signed_objects_only_and_with_its_algorithms() {
        let (good, weak) = (key(Algorithm::Es256), key(Algorithm::Es384));
        let mut client = client();
        client.security_profile = Some(SecurityProfile::Fapi2);
        client.keys.jwks = Some(JwkSet { keys: vec![good.public_jwk(), weak.public_jwk()] });
        let claims = json!({"iss": "web", "aud": "https://id.example.com"});
        assert!(merge_for(&client, &jws::sign(&good, "JWT", &claims)).is_ok());
        let refused = merge_for(&client, &jws::sign(&weak, "JWT", &claims)).unwrap_err();
        assert_eq!(refused, OAuthErrorCode::InvalidRequestObject);
        let unsigned = object(&json!({"alg": "none"}), &claims);
        let refused = merge_for(&client, &unsigned).unwrap_err();
        assert_eq!(refused, OAuthErrorCode::RequestNotSupported);
    }
}
