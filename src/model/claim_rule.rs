//! Claim rules: additional claims that one client receives.

use serde::{Deserialize, Serialize};

use super::{ClaimName, ClaimValue, CustomClaim, Scope, ScopeName, ScopeToken, text::TextError};

/// The source of a claim's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClaimSource {
    /// The same value for every user.
    Fixed(ClaimValue),
    /// The custom claim of this name that the user or one of their groups has.
    Mapped(ClaimName),
}

/// An additional claim for a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(try_from = "Stored", into = "Stored")]
pub struct ClaimRule {
    /// The name of the claim.
    pub name: ClaimName,
    /// The source of its value.
    pub source: ClaimSource,
    /// The scope that carries it; `openid` if not set. A scope named here becomes one that the
    /// client may request.
    pub scope: Option<ScopeName>,
}

impl ClaimRule {
    /// Whether a grant with this scope includes the claim.
    pub fn is_carried_by(&self, scope: &Scope) -> bool {
        match &self.scope {
            None => scope.contains(&ScopeToken::Openid),
            Some(name) => scope.contains(&ScopeToken::Other(name.clone())),
        }
    }

    /// Returns its value for a user with these custom claims.
    pub fn value<'a>(&'a self, of_user: &'a [CustomClaim]) -> Option<&'a ClaimValue> {
        match &self.source {
            ClaimSource::Fixed(value) => Some(value),
            ClaimSource::Mapped(name) => {
                of_user.iter().find(|claim| claim.name == *name).map(|claim| &claim.value)
            }
        }
    }
}

/// The JSON form: exactly one of `value` and `from` is set.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Stored {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
}

impl From<ClaimRule> for Stored {
    fn from(rule: ClaimRule) -> Self {
        let (value, from) = match rule.source {
            ClaimSource::Fixed(value) => (Some(value.to_string()), None),
            ClaimSource::Mapped(name) => (None, Some(name.to_string())),
        };
        let scope = rule.scope.map(|scope| scope.to_string());
        Self { name: rule.name.to_string(), value, from, scope }
    }
}

impl TryFrom<Stored> for ClaimRule {
    type Error = TextError;

    fn try_from(stored: Stored) -> Result<Self, TextError> {
        Ok(Self {
            name: stored.name.parse()?,
            source: match (stored.value, stored.from) {
                (Some(value), None) => ClaimSource::Fixed(value.parse()?),
                (None, Some(name)) => ClaimSource::Mapped(name.parse()?),
                _ => return Err(TextError::format("must have either a value or a from")),
            },
            scope: stored.scope.map(|scope| scope.parse()).transpose()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_rule_survives_the_database() {
        for json in [
            json!({"name": "role", "value": "[1]"}),
            json!({"name": "role", "from": "department", "scope": "hr"}),
        ] {
            let rule: ClaimRule = serde_json::from_value(json.clone()).unwrap();
            assert_eq!(serde_json::to_value(rule).unwrap(), json);
        }
    }

    #[test]
    fn a_rule_has_one_source() {
        for json in [
            json!({"name": "role"}),
            json!({"name": "role", "value": "a", "from": "b"}),
            json!({"name": "role", "value": "a", "scope": "openid"}),
            json!({"name": "role", "value": "a", "more": 1}),
            json!({"name": "", "value": "a"}),
        ] {
            assert!(serde_json::from_value::<ClaimRule>(json.clone()).is_err(), "{json}");
        }
    }
}
