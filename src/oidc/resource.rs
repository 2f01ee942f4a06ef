//! The `resource` parameter (RFC 8707 §2).

use super::{OAuthError, OAuthErrorCode, Params};
use crate::model::{Api, ApiAccess, Client, Grant, Resource, Scope, ScopeToken};

/// Reads the parameter.
pub fn read(params: &Params) -> Result<Option<Resource>, OAuthError> {
    let Some(text) = params.value("resource") else { return Ok(None) };
    let resource = text.parse();
    resource
        .map(Some)
        .map_err(|_| OAuthError::invalid_target("The parameter resource is not an absolute URI."))
}

/// Adds the requested scopes of an API to a scope, as far as the client may use them on behalf of
/// its user. A scope that is neither built in, nor the client's own, nor the API's is refused,
/// since a request that names an API must be about that API.
pub fn with_permissions(
    asked: &str,
    scope: &Scope,
    access: &ApiAccess,
) -> Result<Scope, OAuthError> {
    let full = Scope::requested(asked, |name| access.permissions.contains(name));
    let full = scope.union(&full);
    let is_known = |word: &str| full.tokens().iter().any(|token| token.as_str() == word);
    if asked.split(' ').filter(|word| !word.is_empty()).all(is_known) {
        Ok(full)
    } else {
        Err(OAuthError::explained(
            OAuthErrorCode::InvalidScope,
            "The client asked for a scope that it may not use.",
        ))
    }
}

/// Maximum number of unknown scopes to return; valid requests have fewer.
const MAX_WORDS: usize = 32;

/// The requested scopes that are neither built in nor in `scope`.
pub fn unknown_words<'a>(params: &'a Params, scope: &Scope) -> Vec<&'a str> {
    let words = params.value("scope").unwrap_or_default().split(' ');
    let is_known = |word: &str| {
        let tokens = scope.tokens();
        ScopeToken::BUILT_IN.contains(&word) || tokens.iter().any(|token| token.as_str() == word)
    };
    words.filter(|word| !word.is_empty() && !is_known(word)).take(MAX_WORDS).collect()
}

/// The error for a scope of an API without the resource of that API (Pocket ID 2.14).
pub fn without_its_api() -> OAuthError {
    OAuthError::explained(
        OAuthErrorCode::InvalidScope,
        "A requested scope belongs to an API: name the API in the parameter resource.",
    )
}

/// Checks that the client still has all permissions of the grant.
pub fn check_still_allowed(
    scope: &Scope,
    client: &Client,
    access: Option<&ApiAccess>,
) -> Result<(), OAuthError> {
    let gone =
        || OAuthError::new(OAuthErrorCode::InvalidGrant, "the client may no longer use the API");
    let access = access.ok_or_else(gone)?;
    let is_allowed = |token: &ScopeToken| match token {
        ScopeToken::Other(name) => access.permissions.contains(name) || client.has_scope(name),
        _ => true,
    };
    scope.tokens().iter().all(is_allowed).then_some(()).ok_or_else(gone)
}

/// Returns the access of a client to the API that it named. Refuses an unknown API, and one that
/// the client may not use.
pub fn check(api: Option<Api>, access: Option<ApiAccess>) -> Result<ApiAccess, OAuthError> {
    match (api, access) {
        (None, _) => Err(OAuthError::invalid_target("No API has this resource.")),
        (Some(_), None) => Err(OAuthError::explained(
            OAuthErrorCode::AccessDenied,
            "The client may not use this API.",
        )),
        (Some(_), Some(access)) => Ok(access),
    }
}

/// RFC 8707 §2.2: a token request may name the API that was granted, and no other.
pub fn check_resource(grant: &Grant, requested: Option<&Resource>) -> Result<(), OAuthError> {
    match requested {
        Some(requested) if grant.resource.as_ref() != Some(requested) => {
            Err(OAuthError::invalid_target("The resource differs from the authorization request."))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ClaimRule, ClaimSource, ClientType, Timestamp};

    fn access() -> ApiAccess {
        ApiAccess {
            resource: "https://api.example.com".parse().unwrap(),
            permissions: vec!["read".parse().unwrap(), "write".parse().unwrap()],
        }
    }

    /// A client with a scope of its own.
    fn client() -> Client {
        let now = Timestamp::from_unix(0);
        let kind = ClientType::Confidential;
        let mut client = Client::new("web".parse().unwrap(), "Web".parse().unwrap(), kind, now);
        client.claim_rules = vec![ClaimRule {
            name: "role".parse().unwrap(),
            source: ClaimSource::Fixed("admin".parse().unwrap()),
            scope: Some("own".parse().unwrap()),
        }];
        client
    }

    fn asked(text: &str) -> Result<String, OAuthError> {
        let scope = Scope::requested(text, |name| client().has_scope(name));
        with_permissions(text, &scope, &access()).map(|scope| scope.to_string())
    }

    #[test]
    fn whoever_names_an_api_gets_scopes_of_it_that_the_client_has_and_no_unknown_ones() {
        assert_eq!(asked("openid read own").unwrap(), "openid own read");
        assert_eq!(asked("").unwrap(), "");
        assert!(asked("openid delete").is_err());
    }

    #[test]
    fn what_was_taken_away_is_not_renewed() {
        let mut client = client();
        let check = |client: &Client, access: Option<&ApiAccess>| {
            check_still_allowed(&Scope::parse("openid read own"), client, access)
        };
        assert!(check(&client, Some(&access())).is_ok());
        assert!(check(&client, None).is_err());
        let less = ApiAccess { permissions: Vec::new(), ..access() };
        assert!(check(&client, Some(&less)).is_err());
        client.claim_rules.clear();
        assert!(check(&client, Some(&access())).is_err());
    }
}
