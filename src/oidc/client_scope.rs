//! The scope of a client that acts for itself (RFC 6749 §3.3 and §4.4.2).

use super::{OAuthError, OAuthErrorCode};
use crate::model::{ApiAccess, ScopeName, ScopeToken};

/// Returns the granted scope: the requested permissions of the named API, or all that the client
/// has when it requests none. Ignores the built-in scopes, which are about users. Refuses any other
/// scope.
pub fn granted(asked: Option<&str>, access: Option<&ApiAccess>) -> Result<String, OAuthError> {
    let allowed = access.map(|access| &access.permissions[..]).unwrap_or_default();
    let Some(asked) = asked else {
        return Ok(join(allowed.iter().map(ScopeName::as_str)));
    };
    let words: Vec<&str> = asked.split(' ').filter(|word| !word.is_empty()).collect();
    let is_about_a_user = |word: &str| ScopeToken::BUILT_IN.contains(&word);
    let is_allowed = |word: &str| allowed.iter().any(|key| key.as_str() == word);
    if words.iter().any(|word| !is_about_a_user(word) && !is_allowed(word)) {
        return Err(OAuthError::explained(
            OAuthErrorCode::InvalidScope,
            "The client asked for a scope that it may not use.",
        ));
    }
    Ok(join(words.into_iter().filter(|word| is_allowed(word))))
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_gets_permissions_that_it_has_and_no_others() {
        let access = ApiAccess {
            resource: "https://api.example.com".parse().unwrap(),
            permissions: vec!["read".parse().unwrap(), "write".parse().unwrap()],
        };
        let granted = |asked| granted(asked, Some(&access)).ok();
        assert_eq!(granted(None).unwrap(), "read write");
        assert_eq!(granted(Some("write")).unwrap(), "write");
        assert_eq!(granted(Some("openid  read")).unwrap(), "read");
        assert_eq!(granted(Some("read delete")), None);
        assert_eq!(super::granted(Some("openid profile"), None).unwrap(), "");
        assert!(super::granted(Some("read"), None).is_err());
    }
}
