//! Custom claims (OIDC Core §5.1.2): claims of users and groups, set by administrators (Pocket ID
//! 2.14), and claims from the claim rules of a client.

use serde_json::{Map, Value};

use crate::model::{ClaimRule, CustomClaim, Scope, ScopeToken};

/// Whether the custom claims of the user and their groups must be loaded.
pub fn needs_user_claims(scope: &Scope, rules: &[ClaimRule]) -> bool {
    let is_mapped = |rule: &ClaimRule| rule.is_carried_by(scope) && rule.value(&[]).is_none();
    scope.contains(&ScopeToken::Profile) || rules.iter().any(is_mapped)
}

/// The custom claims that a grant of this scope gives. Claim rules of the client take precedence
/// over the claims of the user and their groups, which require `profile`. Of several claims with
/// one name the first counts. Reserved names are skipped.
pub fn granted(scope: &Scope, rules: &[ClaimRule], of_user: &[CustomClaim]) -> Map<String, Value> {
    let rules = rules.iter().filter(|rule| rule.is_carried_by(scope));
    let ruled = rules.filter_map(|rule| Some((&rule.name, rule.value(of_user)?)));
    let own = of_user.iter().map(|claim| (&claim.name, &claim.value));
    let own = own.filter(|_| scope.contains(&ScopeToken::Profile));
    let mut granted = Map::new();
    for (name, value) in ruled.chain(own).filter(|(name, _)| !name.is_reserved()) {
        granted.entry(name.as_str()).or_insert_with(|| {
            if name.is_standard_text() {
                Value::String(value.as_str().to_owned())
            } else {
                value.to_json()
            }
        });
    }
    granted
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::ClaimSource;

    fn claim(name: &str, value: &str) -> CustomClaim {
        CustomClaim { name: name.parse().unwrap(), value: value.parse().unwrap() }
    }

    fn rule(name: &str, source: &str, scope: Option<&str>) -> ClaimRule {
        ClaimRule {
            name: name.parse().unwrap(),
            source: match source.strip_prefix('@') {
                Some(name) => ClaimSource::Mapped(name.parse().unwrap()),
                None => ClaimSource::Fixed(source.parse().unwrap()),
            },
            scope: scope.map(|scope| scope.parse().unwrap()),
        }
    }

    fn of(scope: &str, rules: &[ClaimRule], of_user: &[CustomClaim]) -> Value {
        Value::Object(granted(&Scope::parse(scope), rules, of_user))
    }

    #[test]
    fn claims_of_users_come_with_profile_and_the_first_of_a_name_counts() {
        let of_user = [claim("role", "own"), claim("floor", "3"), claim("role", "of a group")];
        assert_eq!(of("openid profile", &[], &of_user), json!({"role": "own", "floor": 3}));
        assert_eq!(of("openid email", &[], &of_user), json!({}));
    }

    #[test]
    fn a_rule_gives_its_claim_with_its_scope_or_with_openid() {
        let rules = [rule("tenant", "acme", None), rule("dept", "@department", Some("hr"))];
        let of_user = [claim("department", "physics")];
        assert_eq!(of("openid", &rules, &of_user), json!({"tenant": "acme"}));
        let both = json!({"tenant": "acme", "dept": "physics"});
        assert_eq!(of("openid hr", &rules, &of_user), both);
        assert_eq!(of("openid hr", &rules, &[]), json!({"tenant": "acme"}));
        assert_eq!(of("email", &rules, &of_user), json!({}));
    }

    #[test]
    fn a_rule_wins_over_the_user() {
        let rules = [rule("role", "ruled", None)];
        assert_eq!(of("openid profile", &rules, &[claim("role", "own")]), json!({"role": "ruled"}));
    }

    #[test]
    fn standard_claims_are_left_alone() {
        let rules = [rule("sub", "evil", None), rule("aud", "@aud", None)];
        assert_eq!(of("openid profile", &rules, &[claim("aud", "evil")]), json!({}));
    }

    #[test]
    fn claims_of_users_are_read_only_when_they_are_told() {
        let needs =
            |scope: &str, rules: &[ClaimRule]| needs_user_claims(&Scope::parse(scope), rules);
        let mapped = [rule("dept", "@department", Some("hr"))];
        assert!(needs("openid profile", &[]));
        assert!(needs("openid hr", &mapped));
        assert!(!needs("openid", &mapped));
        assert!(!needs("openid", &[rule("tenant", "acme", None)]));
    }
}
