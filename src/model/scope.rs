//! Scopes (RFC 6749 §3.3).

use std::{fmt, str::FromStr};

use super::{
    Resource,
    text::{TextError, bounded},
};

/// A scope value (OIDC Core §5.4, §11). `groups` comes from Pocket ID.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ScopeToken {
    /// Marks an OpenID Connect request.
    Openid,
    /// Names and profile picture.
    Profile,
    /// The e-mail address.
    Email,
    /// The names of the user's groups.
    Groups,
    /// Access while the user is away.
    OfflineAccess,
    /// A scope that is not built in.
    Other(ScopeName),
}

impl ScopeToken {
    /// Every built-in scope, in the order of the discovery document.
    pub const BUILT_IN: [&str; 5] = ["openid", "profile", "email", "groups", "offline_access"];

    /// The value on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Openid => "openid",
            Self::Profile => "profile",
            Self::Email => "email",
            Self::Groups => "groups",
            Self::OfflineAccess => "offline_access",
            Self::Other(name) => name.as_str(),
        }
    }

    /// Reads one value. `None` when it is malformed.
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "openid" => Self::Openid,
            "profile" => Self::Profile,
            "email" => Self::Email,
            "groups" => Self::Groups,
            "offline_access" => Self::OfflineAccess,
            other => Self::Other(other.parse().ok()?),
        })
    }
}

/// The name of a scope that is not built in (RFC 6749 §3.3).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct ScopeName(String);

impl ScopeName {
    /// Longest name in bytes.
    const MAX: usize = 512;

    /// The name under which a user's consent to a scope of an API is stored: two APIs may have
    /// scopes with the same name. With an empty scope it means the API itself.
    fn at(resource: &Resource, scope: &str) -> Self {
        Self(format!("{resource}|{scope}"))
    }

    /// The value on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
pub(super) fn is_scope_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'))
}

impl FromStr for ScopeName {
    type Err = TextError;

    fn from_str(text: &str) -> Result<Self, TextError> {
        let text = bounded(text, 1, Self::MAX)?;
        if !is_scope_token(&text) {
            let rule = "must only contain ASCII letters, digits and symbols other than \" and \\";
            return Err(TextError::format(rule));
        }
        // As in Pocket ID 2.14, the claim `email_verified` is reserved too, and case does not
        // matter.
        let mut reserved = ScopeToken::BUILT_IN.iter().chain(&["email_verified"]);
        if reserved.any(|name| name.eq_ignore_ascii_case(&text)) {
            Err(TextError { code: "reserved", message: "is reserved".to_owned() })
        } else {
            Ok(Self(text))
        }
    }
}

impl fmt::Display for ScopeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A set of scopes, in the requested order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scope(Vec<ScopeToken>);

impl Scope {
    /// Reads a stored scope.
    pub fn parse(text: &str) -> Self {
        Self::requested(text, |_| true)
    }

    /// Reads a `scope` parameter. Ignores scopes that are neither built in nor known (OIDC Core
    /// §3.1.2.1).
    pub fn requested(text: &str, is_known: impl Fn(&ScopeName) -> bool) -> Self {
        let mut scope = Self::default();
        for token in text.split(' ').filter_map(ScopeToken::parse) {
            let is_known = match &token {
                ScopeToken::Other(name) => is_known(name),
                _ => true,
            };
            if is_known && !scope.contains(&token) {
                scope.0.push(token);
            }
        }
        scope
    }

    /// Whether a scope is in the set.
    pub fn contains(&self, token: &ScopeToken) -> bool {
        self.0.contains(token)
    }

    /// Whether every scope of `other` is in the set.
    pub fn covers(&self, other: &Self) -> bool {
        other.0.iter().all(|token| self.contains(token))
    }

    /// The scopes of this set, then those of `other`.
    pub fn union(&self, other: &Self) -> Self {
        let mut union = self.clone();
        union.0.extend(other.0.iter().filter(|token| !self.contains(token)).cloned());
        union
    }

    /// The scopes of this set but one.
    pub fn without(self, token: &ScopeToken) -> Self {
        Self(self.0.into_iter().filter(|one| one != token).collect())
    }

    /// The scopes as stored in a consent: those of an API include its name.
    pub(super) fn consented(&self, resource: Option<&Resource>) -> Self {
        let Some(resource) = resource else { return self.clone() };
        let qualified = self.0.iter().map(|token| match token {
            ScopeToken::Other(name) => ScopeToken::Other(ScopeName::at(resource, name.as_str())),
            built_in => built_in.clone(),
        });
        qualified.chain([ScopeToken::Other(ScopeName::at(resource, ""))]).collect()
    }

    /// The scopes in order.
    pub fn tokens(&self) -> &[ScopeToken] {
        &self.0
    }

    /// The scopes as texts.
    pub fn names(&self) -> Vec<String> {
        self.0.iter().map(|token| token.as_str().to_owned()).collect()
    }
}

impl FromIterator<ScopeToken> for Scope {
    fn from_iter<I: IntoIterator<Item = ScopeToken>>(tokens: I) -> Self {
        tokens.into_iter().fold(Self::default(), |mut scope, token| {
            if !scope.contains(&token) {
                scope.0.push(token);
            }
            scope
        })
    }
}

/// Space-separated, as in requests (RFC 6749 §3.3).
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().join(" "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_requested_scope_keeps_known_values_once_and_in_order() {
        let text = "email openid unknown orders email  profile orders";
        let scope = Scope::requested(text, |name| name.as_str() == "orders");
        assert_eq!(scope.to_string(), "email openid orders profile");
        assert_eq!(Scope::parse(&scope.to_string()), scope);
    }

    /// RFC 6749 §3.3
    #[test]
    fn a_scope_that_is_not_built_in_has_the_characters_of_the_standard() {
        for good in ["orders", "read:orders", "https://api.example.com/a#b", "!'[]~"] {
            assert!(good.parse::<ScopeName>().is_ok(), "{good}");
        }
        for bad in ["", "a b", "a\"b", "a\\b", "ä", "a\n", "openid", &"a".repeat(513)] {
            assert!(bad.parse::<ScopeName>().is_err(), "{bad}");
        }
        assert_eq!(Scope::parse("openid ä \"a\"").to_string(), "openid");
    }

    #[test]
    fn a_scope_covers_its_subsets_only() {
        let scope = Scope::parse("openid email");
        assert!(scope.covers(&Scope::parse("email")));
        assert!(!scope.covers(&Scope::parse("email profile")));
        assert_eq!(scope.union(&Scope::parse("email profile")).to_string(), "openid email profile");
    }
}
