//! Token exchange (RFC 8693): what a client may ask for, and the claim `act`.

use serde::{Deserialize, Serialize};

use super::{OAuthError, OAuthErrorCode, Params, client_scope, resource};
use crate::model::{
    ApiAccess, ClientId, Confirmation, ExchangeRule, Resource, ScopeName, SubjectSource,
};

/// The type of access tokens (RFC 8693 §3).
pub const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// How many clients may act one for another. Each of them is in the token.
const MAX_ACTORS: usize = 4;

/// The client that acts for the user, and the one before it (RFC 8693 §4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ActorClaim {
    /// The `sub` of the tokens of the client itself.
    pub sub: String,
    /// The client that exchanged the token before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Self>>,
}

impl ActorClaim {
    /// The client as the newest actor. Refuses a chain that is too long, or that it is in already:
    /// clients that call each other in circles would never end.
    pub fn next(client_id: &ClientId, before: Option<Self>) -> Result<Self, OAuthError> {
        let sub = subject_of_client(client_id);
        let mut length = 1;
        let mut one = before.as_ref();
        while let Some(actor) = one {
            if actor.sub == sub {
                return Err(unacceptable("The client is among its actors (act) already."));
            }
            length += 1;
            one = actor.act.as_deref();
        }
        if length > MAX_ACTORS {
            return Err(unacceptable("Too many clients act one for another (act)."));
        }
        Ok(Self { sub, act: before.map(Box::new) })
    }
}

/// The `sub` of the tokens of a client itself (RFC 9068 §2.2), with a prefix that no user id has.
pub fn subject_of_client(id: &ClientId) -> String {
    format!("client-{id}")
}

/// The claims of the exchanged token. This server wrote them.
#[derive(Debug, Clone, Deserialize)]
pub struct SubjectClaims {
    aud: Vec<String>,
    client_id: String,
    /// When it expires.
    pub exp: i64,
    #[serde(default)]
    scope: String,
    /// The clients that act for its user.
    pub act: Option<ActorClaim>,
    /// The keys that it is bound to.
    #[serde(default)]
    pub cnf: Confirmation,
}

/// A request for an exchange.
#[derive(Debug, Clone)]
pub struct ExchangeRequest {
    /// The token to exchange.
    pub subject_token: String,
    /// The token of the acting client, if it sent one.
    pub actor_token: Option<String>,
    /// The API that the new token is for.
    pub target: Resource,
    scope: Option<String>,
}

impl ExchangeRequest {
    /// Reads a request (RFC 8693 §2.1).
    pub fn read(params: &Params) -> Result<Self, OAuthError> {
        check_type(params.required("subject_token_type")?, "subject_token_type")?;
        if let Some(requested) = params.value("requested_token_type") {
            check_type(requested, "requested_token_type")?;
        }
        match (params.value("actor_token"), params.value("actor_token_type")) {
            (None, None) => {}
            (Some(_), Some(kind)) => check_type(kind, "actor_token_type")?,
            _ => {
                return Err(OAuthError::invalid_request(
                    "The parameters actor_token and actor_token_type must be sent together.",
                ));
            }
        }
        Ok(Self {
            subject_token: params.required("subject_token")?.to_owned(),
            actor_token: params.value("actor_token").map(str::to_owned),
            target: target(params)?,
            scope: params.value("scope").map(str::to_owned),
        })
    }

    /// Finds the rule that allows the exchange.
    pub fn rule<'a>(
        &self,
        rules: &'a [ExchangeRule],
        subject: &SubjectClaims,
    ) -> Result<&'a ExchangeRule, OAuthError> {
        if rules.is_empty() {
            let detail = "no administrator allowed it to exchange tokens";
            return Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, detail));
        }
        let mut meant = rules.iter().filter(|rule| subject.is_from(&rule.source)).peekable();
        if meant.peek().is_none() {
            return Err(unacceptable("The client may not exchange tokens for this audience."));
        }
        meant.find(|rule| rule.target == self.target).ok_or_else(|| {
            OAuthError::invalid_target("The client may not exchange the token for one of this API.")
        })
    }

    /// The scope of the new token: what the client asks for, or all that it may have. That is what
    /// the client may do at the API for users, as far as the exchanged token has a scope of that
    /// name or the rule adds it.
    pub fn scope(
        &self,
        rule: &ExchangeRule,
        subject: &SubjectClaims,
        access: Option<ApiAccess>,
    ) -> Result<String, OAuthError> {
        let mut access =
            access.ok_or_else(|| OAuthError::invalid_target("The client may not use this API."))?;
        let has = |key: &ScopeName| subject.scope.split(' ').any(|word| word == key.as_str());
        access.permissions.retain(|key| has(key) || rule.scope.contains(key));
        if let Some(asked) = &self.scope
            && asked.split(' ').any(|word| crate::model::ScopeToken::BUILT_IN.contains(&word))
        {
            return Err(OAuthError::explained(
                OAuthErrorCode::InvalidScope,
                "An exchanged token has scopes of its API only.",
            ));
        }
        client_scope::granted(self.scope.as_deref(), Some(&access))
    }
}

impl SubjectClaims {
    fn is_from(&self, source: &SubjectSource) -> bool {
        // The first audience is the API, or the client if there is none.
        let audience = self.aud.first().map(String::as_str).unwrap_or_default();
        audience == source.as_str()
            && match source {
                SubjectSource::SubjectApi(_) => true,
                SubjectSource::SubjectClient(id) => self.client_id == id.as_str(),
            }
    }

    /// Checks the keys of a bound token. A client may exchange it that proves them, or that checks
    /// proofs itself; and never for one that works without keys.
    pub fn check_binding(
        &self,
        shown: &Confirmation,
        rule: &ExchangeRule,
        new: &Confirmation,
    ) -> Result<(), OAuthError> {
        let own = &self.cnf;
        if own.is_empty() {
            return Ok(());
        }
        let is_shown = (own.jkt.is_none() || own.jkt == shown.jkt)
            && (own.x5t.is_none() || own.x5t == shown.x5t);
        if !is_shown && !rule.accepts_bound_tokens {
            return Err(unacceptable("The subject_token is bound to a key that was not proven."));
        }
        if new.is_empty() {
            return Err(unacceptable(
                "The subject_token is bound to a key, so the new one has to be bound, too: send a \
                 DPoP proof, or the TLS certificate of the client.",
            ));
        }
        Ok(())
    }
}

/// The API that the new token is for. RFC 8693 §2.1: `audience` is its name, `resource` its address;
/// both are the same here.
fn target(params: &Params) -> Result<Resource, OAuthError> {
    let named = params.value("audience").map(str::parse::<Resource>).transpose();
    let named = named
        .map_err(|_| OAuthError::invalid_target("The audience is not the identifier of an API."))?;
    match (resource::read(params)?, named) {
        (Some(resource), Some(named)) if resource != named => {
            Err(OAuthError::invalid_target("A token is for one API: resource and audience differ."))
        }
        (Some(target), _) | (None, Some(target)) => Ok(target),
        (None, None) => Err(OAuthError::invalid_target("Name the API in the parameter resource.")),
    }
}

fn check_type(given: &str, parameter: &str) -> Result<(), OAuthError> {
    if given == ACCESS_TOKEN {
        return Ok(());
    }
    let description = format!("The only supported {parameter} is {ACCESS_TOKEN}.");
    Err(OAuthError::explained(OAuthErrorCode::InvalidRequest, description))
}

/// The error for a subject or actor token that is not accepted (RFC 8693 §2.2.2).
pub fn unacceptable(description: &str) -> OAuthError {
    OAuthError::explained(OAuthErrorCode::InvalidRequest, description.to_owned())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn chain(clients: &[&str]) -> Option<ActorClaim> {
        clients.iter().fold(None, |before, id| {
            let sub = format!("client-{id}");
            Some(ActorClaim { sub, act: before.map(Box::new) })
        })
    }

    /// RFC 8693 §4.1.
    #[test]
    fn the_newest_actor_stands_outside() {
        let next = |before: &[&str]| ActorClaim::next(&"new".parse().unwrap(), chain(before));
        let claim = |actor: &ActorClaim| serde_json::to_value(actor).unwrap();
        assert_eq!(claim(&next(&[]).unwrap()), json!({"sub": "client-new"}));
        let two = json!({"sub": "client-new", "act": {"sub": "client-old"}});
        assert_eq!(claim(&next(&["old"]).unwrap()), two);
        assert!(next(&["a", "b", "c"]).is_ok());
        assert!(next(&["a", "b", "c", "d"]).is_err(), "too long");
        assert!(next(&["a", "new", "c"]).is_err(), "a circle");
    }

    fn claims(changes: &Value) -> SubjectClaims {
        let mut claims = json!({
            "aud": ["https://a.example.com"], "client_id": "web", "exp": 9, "scope": "read own",
        });
        claims.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        serde_json::from_value(claims).unwrap()
    }

    fn rule(changes: &Value) -> ExchangeRule {
        let mut rule =
            json!({"subjectApi": "https://a.example.com", "target": "https://b.example.com"});
        rule.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        serde_json::from_value(rule).unwrap()
    }

    fn request(scope: Option<&str>) -> ExchangeRequest {
        ExchangeRequest {
            subject_token: "x".into(),
            actor_token: None,
            target: "https://b.example.com".parse().unwrap(),
            scope: scope.map(str::to_owned),
        }
    }

    #[test]
    fn a_rule_is_for_an_audience_and_a_target() {
        let find = |rules: &[ExchangeRule], claims: &SubjectClaims| {
            request(None).rule(rules, claims).map(|_| ()).map_err(|error| error.code)
        };
        use OAuthErrorCode::{InvalidRequest, InvalidTarget, UnauthorizedClient};
        let api = rule(&json!({}));
        assert_eq!(find(&[], &claims(&json!({}))), Err(UnauthorizedClient));
        assert_eq!(find(std::slice::from_ref(&api), &claims(&json!({}))), Ok(()));
        let other = claims(&json!({"aud": ["https://c.example.com", "https://a.example.com"]}));
        assert_eq!(find(&[api], &other), Err(InvalidRequest));
        let elsewhere = rule(&json!({"target": "https://c.example.com"}));
        assert_eq!(find(&[elsewhere], &claims(&json!({}))), Err(InvalidTarget));
        let of_client = rule(&json!({"subjectApi": "", "subjectClient": "web"}));
        assert_eq!(
            find(std::slice::from_ref(&of_client), &claims(&json!({}))),
            Err(InvalidRequest)
        );
        let own = claims(&json!({"aud": ["web", "https://id.example.com"]}));
        assert_eq!(find(std::slice::from_ref(&of_client), &own), Ok(()));
        let of_other = claims(&json!({"aud": ["web"], "client_id": "other"}));
        assert_eq!(find(&[of_client], &of_other), Err(InvalidRequest));
    }

    #[test]
    fn a_scope_is_no_wider_than_the_exchanged_token_unless_the_rule_says_so() {
        let scope = |asked: Option<&str>, rule: &ExchangeRule| {
            let access = ApiAccess {
                resource: "https://b.example.com".parse().unwrap(),
                permissions: ["read", "stock", "write"].map(|key| key.parse().unwrap()).into(),
            };
            request(asked).scope(rule, &claims(&json!({})), Some(access)).ok()
        };
        let (strict, more) = (rule(&json!({})), rule(&json!({"scope": "stock delete"})));
        assert_eq!(scope(None, &strict).as_deref(), Some("read"));
        assert_eq!(scope(Some("read"), &strict).as_deref(), Some("read"));
        for wider in ["write", "read stock", "own", "openid", "read offline_access"] {
            assert_eq!(scope(Some(wider), &strict), None, "{wider}");
        }
        assert_eq!(scope(None, &more).as_deref(), Some("read stock"));
        assert_eq!(scope(Some("stock"), &more).as_deref(), Some("stock"));
        assert_eq!(scope(Some("delete"), &more), None, "the client may not do it");
        assert!(request(None).scope(&more, &claims(&json!({})), None).is_err());
    }

    #[test]
    fn a_bound_token_is_exchanged_with_a_proof_and_for_a_bound_one() {
        let key = |letter: &str| Some(letter.repeat(43).parse().unwrap());
        let keys = |jkt: &str, x5t: &str| Confirmation { jkt: key(jkt), x5t: key(x5t) };
        let none = Confirmation::default();
        let check = |own: &Confirmation, shown: &Confirmation, accepts, new: &Confirmation| {
            let own = claims(&json!({ "cnf": own }));
            let rule = rule(&json!({ "acceptsBoundTokens": accepts }));
            own.check_binding(shown, &rule, new).is_ok()
        };
        let (a, b) = (keys("a", "x"), keys("b", "x"));
        assert!(check(&none, &none, false, &none));
        assert!(check(&a, &a, false, &a));
        assert!(!check(&a, &b, false, &b), "another key");
        assert!(!check(&a, &a, false, &none), "never for a bearer token");
        assert!(check(&a, &b, true, &b), "the client checks proofs itself");
        assert!(!check(&a, &none, true, &none), "but binds its own");
    }
}
