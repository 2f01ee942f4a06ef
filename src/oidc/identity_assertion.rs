//! Identity assertions (draft-ietf-oauth-identity-assertion-authz-grant-04, ID-JAG): a client that
//! signed a user in gets a JWT for which an authorization server elsewhere lets it act for the user.
//! What it may ask for, and the claims.

use serde::Serialize;
use uuid::Uuid;

use super::{OAuthError, OAuthErrorCode, Params, claims_request::ACR};
use crate::model::{
    AssertionRule, Claim, ClaimSet, Confirmation, ForeignResources, ForeignScope, Grant, Timestamp,
    User,
};

/// The type of identity assertions as tokens.
pub const ID_JAG: &str = "urn:ietf:params:oauth:token-type:id-jag";
/// The type in their header.
pub const ID_JAG_TYP: &str = "oauth-id-jag+jwt";
/// Their `token_type`, since they are no access tokens (RFC 8693 §2.2.1).
pub const NO_ACCESS_TOKEN: &str = "N_A";

/// Lifetime in seconds. Five minutes are enough to present it.
pub const SECONDS: i64 = 300;

const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";

/// Whether a token exchange is for an identity assertion.
pub fn is_requested(params: &Params) -> bool {
    params.value("requested_token_type") == Some(ID_JAG)
}

/// The type of the token that shows who the user is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SubjectTokenType {
    /// The ID token of their sign-in.
    IdToken,
    /// A refresh token, for when the ID token has expired. It is not used up.
    RefreshToken,
}

/// A request for an assertion.
#[derive(Debug, Clone)]
pub struct AssertionRequest {
    /// The token that shows who the user is.
    pub subject_token: String,
    /// Its type.
    pub subject_token_type: SubjectTokenType,
    audience: String,
    resource: Option<String>,
    scope: Option<String>,
}

/// The server, resources and scope of an assertion, within the rule of an administrator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    /// The scope; empty for none.
    pub scope: ForeignScope,
    /// The resources; empty for none.
    pub resources: ForeignResources,
}

impl AssertionRequest {
    /// Reads a request (§4.3).
    pub fn read(params: &Params) -> Result<Self, OAuthError> {
        let subject_token_type = match params.required("subject_token_type")? {
            ID_TOKEN => SubjectTokenType::IdToken,
            REFRESH_TOKEN => SubjectTokenType::RefreshToken,
            _ => {
                return Err(OAuthError::invalid_request(
                    "An identity assertion is issued for an ID token or a refresh token \
                     (subject_token_type).",
                ));
            }
        };
        // Parameters that are not understood must not be left out of the assertion in silence.
        for name in ["actor_token", "actor_token_type", "authorization_details"] {
            if params.value(name).is_some() {
                let description =
                    format!("The parameter {name} is not supported for identity assertions.");
                return Err(OAuthError::explained(OAuthErrorCode::InvalidRequest, description));
            }
        }
        Ok(Self {
            subject_token: params.required("subject_token")?.to_owned(),
            subject_token_type,
            audience: params.required("audience")?.to_owned(),
            resource: params.value("resource").map(str::to_owned),
            scope: params.value("scope").map(str::to_owned),
        })
    }

    /// Finds the rule that allows the assertion.
    pub fn rule<'a>(&self, rules: &'a [AssertionRule]) -> Result<&'a AssertionRule, OAuthError> {
        if rules.is_empty() {
            let detail = "no administrator allowed it to get identity assertions";
            return Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, detail));
        }
        rules.iter().find(|rule| rule.audience.is(&self.audience)).ok_or_else(|| {
            OAuthError::invalid_target(
                "The client may not get identity assertions for this audience.",
            )
        })
    }

    /// The target of the assertion: the request of the client within the rule, or all of the rule. A rule
    /// that names no scope, or no resource, leaves it to the other server, which knows them.
    pub fn granted(&self, rule: &AssertionRule) -> Result<Granted, OAuthError> {
        Ok(Granted { scope: self.scope(rule)?, resources: self.resources(rule)? })
    }

    fn scope(&self, rule: &AssertionRule) -> Result<ForeignScope, OAuthError> {
        let refuse = |description: &str| {
            OAuthError::explained(OAuthErrorCode::InvalidScope, description.to_owned())
        };
        let asked = self.scope.as_deref().unwrap_or_default();
        let asked: ForeignScope =
            asked.parse().map_err(|_| refuse("The scope is malformed, or too long."))?;
        if asked.is_empty() {
            return Ok(rule.scope.clone());
        }
        if rule.scope.is_empty() || rule.scope.covers(&asked) {
            return Ok(asked);
        }
        Err(refuse("The scope is wider than the client may have for this audience."))
    }

    fn resources(&self, rule: &AssertionRule) -> Result<ForeignResources, OAuthError> {
        let Some(asked) = &self.resource else { return Ok(rule.resources.clone()) };
        let known = match rule.resources.find(asked) {
            Some(known) => known,
            None if rule.resources.uris().is_empty() => asked,
            None => {
                return Err(OAuthError::invalid_target(
                    "The client may not get identity assertions for this resource.",
                ));
            }
        };
        ForeignResources::of(&[known.to_owned()]).map_err(|_| {
            OAuthError::invalid_target("The parameter resource is not an absolute URI.")
        })
    }
}

/// The claims of an identity assertion (§3.1).
#[derive(Debug, Serialize)]
pub struct IdentityAssertionClaims<'a> {
    iss: &'a str,
    sub: String,
    aud: &'a str,
    client_id: &'a str,
    jti: Uuid,
    iat: i64,
    exp: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource: Option<OneOrSeveral<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<&'a str>,
    auth_time: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    amr: Option<[&'static str; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email_verified: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
}

/// A single URI, or an array of them.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum OneOrSeveral<'a> {
    One(&'a str),
    Several(&'a [String]),
}

/// The statements of an assertion about its user and its client.
#[derive(Debug, Clone)]
pub struct AssertedSignIn<'a> {
    /// The sign-in of the user to the client.
    pub grant: &'a Grant,
    /// The user.
    pub user: &'a User,
    /// The rule that allows the assertion.
    pub rule: &'a AssertionRule,
    /// Its target.
    pub granted: &'a Granted,
    /// The keys that the client has shown.
    pub keys: Confirmation,
    /// When the assertion expires at the latest.
    pub end: Timestamp,
}

impl<'a> IdentityAssertionClaims<'a> {
    /// The claims of a new assertion. The user is named as in ID
    /// tokens of the client, and the client as the other server knows it.
    pub fn new(issuer: &'a str, asserted: AssertedSignIn<'a>, jti: Uuid, now: Timestamp) -> Self {
        let AssertedSignIn { grant, user, rule, granted, keys, end } = asserted;
        // The client learns the address from its scope, and hands it on.
        let email =
            user.email.as_ref().filter(|_| ClaimSet::of(&grant.scope).contains(Claim::Email));
        Self {
            iss: issuer,
            sub: grant.user_id.to_string(),
            aud: rule.audience.as_str(),
            client_id: rule.client_id.as_str(),
            jti,
            iat: now.as_unix(),
            exp: expiry(now, end).as_unix(),
            resource: match granted.resources.uris() {
                [] => None,
                [one] => Some(OneOrSeveral::One(one)),
                several => Some(OneOrSeveral::Several(several)),
            },
            scope: Some(granted.scope.as_str()).filter(|scope| !scope.is_empty()),
            auth_time: grant.auth_time.as_unix(),
            acr: grant.claims.id_token.contains(Claim::Acr).then_some(ACR),
            amr: grant.amr.claim().map(|amr| [amr]),
            email: email.map(|email| email.as_str()),
            email_verified: email.map(|_| user.email_verified),
            // The draft binds assertions to keys of proofs. A certificate may be another one there.
            cnf: Confirmation { x5t: None, ..keys }.claim(),
        }
    }
}

/// When an assertion expires that is issued now, and may not be good after `end`.
pub fn expiry(now: Timestamp, end: Timestamp) -> Timestamp {
    now.plus(SECONDS).min(end)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn params(changes: &[(&str, &str)]) -> Params {
        let usual = [
            ("requested_token_type", ID_JAG),
            ("audience", "https://auth.example.com"),
            ("subject_token", "x"),
            ("subject_token_type", ID_TOKEN),
        ];
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in usual {
            if !changes.iter().any(|(other, _)| *other == name) {
                form.append_pair(name, value);
            }
        }
        for (name, value) in changes.iter().filter(|(_, value)| !value.is_empty()) {
            form.append_pair(name, value);
        }
        Params::parse(form.finish().as_bytes()).unwrap()
    }

    fn request(changes: &[(&str, &str)]) -> Result<AssertionRequest, OAuthErrorCode> {
        AssertionRequest::read(&params(changes)).map_err(|error| error.code)
    }

    fn rule(scope: &str, resources: &[&str]) -> AssertionRule {
        let rule = json!({
            "audience": "https://auth.example.com", "clientId": "there",
            "scope": scope, "resources": resources,
        });
        serde_json::from_value(rule).unwrap()
    }

    /// §4.3.
    #[test]
    fn a_request_names_an_audience_and_one_kind_of_subject() {
        assert!(request(&[]).is_ok());
        let of_refresh = request(&[("subject_token_type", REFRESH_TOKEN)]).unwrap();
        assert_eq!(of_refresh.subject_token_type, SubjectTokenType::RefreshToken);
        for changes in [
            ("subject_token", ""),
            ("subject_token_type", ""),
            ("subject_token_type", super::super::token_exchange::ACCESS_TOKEN),
            ("subject_token_type", ID_JAG),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:saml2"),
            ("audience", ""),
            ("actor_token", "x"),
            ("actor_token_type", ID_TOKEN),
            ("authorization_details", "[]"),
        ] {
            let refused = request(&[changes]).map(|_| ());
            assert_eq!(refused, Err(OAuthErrorCode::InvalidRequest), "{changes:?}");
        }
    }

    #[test]
    fn an_audience_needs_a_rule() {
        use OAuthErrorCode::{InvalidTarget, UnauthorizedClient};
        let rules = [rule("", &[])];
        let find = |audience: &str, rules: &[AssertionRule]| {
            let found = request(&[("audience", audience)]).unwrap().rule(rules).map(|_| ());
            found.map_err(|error| error.code)
        };
        assert_eq!(find("https://auth.example.com", &rules), Ok(()));
        assert_eq!(find("https://auth.example.com/", &rules), Ok(()));
        assert_eq!(find("https://auth.example.com", &[]), Err(UnauthorizedClient));
        for other in ["https://auth.example.com/a", "http://auth.example.com", "there", "x"] {
            assert_eq!(find(other, &rules), Err(InvalidTarget), "{other}");
        }
    }

    #[test]
    fn an_assertion_is_for_no_more_than_the_rule_says() {
        use OAuthErrorCode::{InvalidScope, InvalidTarget};
        let granted = |changes: &[(&str, &str)], rule: &AssertionRule| {
            let granted = request(changes).unwrap().granted(rule).map_err(|error| error.code)?;
            Ok((granted.scope.to_string(), granted.resources.to_string()))
        };
        let is = |scope: &str, resources: &str| Ok((scope.to_owned(), resources.to_owned()));
        let strict = rule("read openid", &["https://a/", "https://b"]);
        let open = rule("", &[]);
        assert_eq!(granted(&[], &strict), is("openid read", "https://a/ https://b"));
        assert_eq!(granted(&[], &open), is("", ""));
        let asked = [("scope", "read"), ("resource", "https://a")];
        assert_eq!(granted(&asked, &strict), is("read", "https://a/"), "as the rule spells it");
        assert_eq!(granted(&asked, &open), is("read", "https://a"));
        assert_eq!(granted(&[("scope", "read write")], &strict), Err(InvalidScope));
        assert_eq!(granted(&[("resource", "https://c")], &strict), Err(InvalidTarget));
        let long = "a".repeat(1_001);
        for scope in ["a\"b", "é", &long] {
            assert_eq!(granted(&[("scope", scope)], &open), Err(InvalidScope), "{scope}");
        }
        let long = format!("https://a/{}", "a".repeat(350));
        for resource in ["a", "https://a#b", &long] {
            assert_eq!(granted(&[("resource", resource)], &open), Err(InvalidTarget), "{resource}");
        }
    }

    #[test]
    fn an_assertion_is_a_string_for_one_resource_and_an_array_for_more() {
        let resource = |uris: &[String]| -> Value {
            let uris = ForeignResources::of(uris).unwrap();
            match uris.uris() {
                [one] => serde_json::to_value(OneOrSeveral::One(one)).unwrap(),
                several => serde_json::to_value(OneOrSeveral::Several(several)).unwrap(),
            }
        };
        assert_eq!(resource(&["https://a".into()]), json!("https://a"));
        let both = ["https://a".to_owned(), "https://b".to_owned()];
        assert_eq!(resource(&both), json!(["https://a", "https://b"]));
    }
}
