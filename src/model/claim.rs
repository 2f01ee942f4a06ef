//! Claims that a client can request one by one (OIDC Core §5.1, §5.5).

use std::fmt;

use super::{Resource, Scope, ScopeToken};

/// A standard claim or one of ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The strength of the authentication (OIDC Core §2).
    Acr,
    /// The display name.
    DisplayName,
    /// The e-mail address.
    Email,
    /// Whether the e-mail address was verified.
    EmailVerified,
    /// The last name.
    FamilyName,
    /// The first name.
    GivenName,
    /// The names of the user's groups.
    Groups,
    /// The user's language.
    Locale,
    /// The full name.
    Name,
    /// The address of the profile picture.
    Picture,
    /// The username.
    PreferredUsername,
    /// When the account was last changed.
    UpdatedAt,
}

impl Claim {
    /// Every claim, ordered by name.
    pub const ALL: [Self; 12] = [
        Self::Acr,
        Self::DisplayName,
        Self::Email,
        Self::EmailVerified,
        Self::FamilyName,
        Self::GivenName,
        Self::Groups,
        Self::Locale,
        Self::Name,
        Self::Picture,
        Self::PreferredUsername,
        Self::UpdatedAt,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acr => "acr",
            Self::DisplayName => "display_name",
            Self::Email => "email",
            Self::EmailVerified => "email_verified",
            Self::FamilyName => "family_name",
            Self::GivenName => "given_name",
            Self::Groups => "groups",
            Self::Locale => "locale",
            Self::Name => "name",
            Self::Picture => "picture",
            Self::PreferredUsername => "preferred_username",
            Self::UpdatedAt => "updated_at",
        }
    }

    /// Reads the name on the wire.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|claim| claim.as_str() == name)
    }

    /// The scope that carries it, shown on the consent page in its place. `acr` belongs to no
    /// scope.
    pub fn scope(self) -> Option<ScopeToken> {
        match self {
            Self::Acr => None,
            Self::Email | Self::EmailVerified => Some(ScopeToken::Email),
            Self::Groups => Some(ScopeToken::Groups),
            Self::DisplayName
            | Self::FamilyName
            | Self::GivenName
            | Self::Locale
            | Self::Name
            | Self::Picture
            | Self::PreferredUsername
            | Self::UpdatedAt => Some(ScopeToken::Profile),
        }
    }
}

/// A set of claims.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ClaimSet(u16);

impl ClaimSet {
    /// The claims that a scope carries (OIDC Core §5.4).
    pub fn of(scope: &Scope) -> Self {
        let is_carried = |claim: &Claim| claim.scope().is_some_and(|token| scope.contains(&token));
        Claim::ALL.into_iter().filter(is_carried).collect()
    }

    /// Reads names separated by spaces. Unknown names are ignored.
    pub fn parse(text: &str) -> Self {
        text.split(' ').filter_map(Claim::parse).collect()
    }

    /// Whether a claim is in the set.
    pub fn contains(self, claim: Claim) -> bool {
        self.0 & Self::bit(claim) != 0
    }

    /// Adds a claim.
    pub fn insert(&mut self, claim: Claim) {
        self.0 |= Self::bit(claim);
    }

    /// The set without a claim.
    pub fn without(self, claim: Claim) -> Self {
        Self(self.0 & !Self::bit(claim))
    }

    /// The union of both sets.
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn iter(self) -> impl Iterator<Item = Claim> {
        Claim::ALL.into_iter().filter(move |claim| self.contains(*claim))
    }

    fn bit(claim: Claim) -> u16 {
        1 << claim as u16
    }
}

impl FromIterator<Claim> for ClaimSet {
    fn from_iter<I: IntoIterator<Item = Claim>>(claims: I) -> Self {
        claims.into_iter().fold(Self::default(), |mut set, claim| {
            set.insert(claim);
            set
        })
    }
}

/// Space-separated names, as stored.
impl fmt::Display for ClaimSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.iter().map(Claim::as_str).collect();
        f.write_str(&names.join(" "))
    }
}

/// The claims that a client requested by name, in addition to its scope (OIDC Core §5.5).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RequestedClaims {
    /// Claims for the ID token.
    pub id_token: ClaimSet,
    /// Claims for the UserInfo endpoint.
    pub userinfo: ClaimSet,
}

impl RequestedClaims {
    /// These without a claim.
    pub fn without(self, claim: Claim) -> Self {
        Self { id_token: self.id_token.without(claim), userinfo: self.userinfo.without(claim) }
    }

    /// The scopes that carry these claims.
    pub fn scope(&self) -> Scope {
        let tokens = self.id_token.union(self.userinfo).iter().filter_map(Claim::scope);
        Scope::from_iter(tokens)
    }

    /// The scopes that the user must consent to: the requested ones, those that carry these
    /// claims, and the API.
    pub fn to_be_consented(&self, scope: &Scope, resource: Option<&Resource>) -> Scope {
        scope.union(&self.scope()).consented(resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_of_claims_survives_the_database() {
        for claim in Claim::ALL {
            let set = ClaimSet::from_iter([claim]);
            assert_eq!(ClaimSet::parse(&set.to_string()), set);
            assert!(Claim::ALL.into_iter().all(|other| set.contains(other) == (other == claim)));
        }
        let all = ClaimSet::from_iter(Claim::ALL);
        assert_eq!(ClaimSet::parse(&all.to_string()), all);
        assert_eq!(ClaimSet::parse("  unknown sub"), ClaimSet::default());
    }

    #[test]
    fn claims_stand_for_the_scopes_that_carry_them() {
        let claims = RequestedClaims {
            id_token: ClaimSet::parse("acr email"),
            userinfo: ClaimSet::parse("email_verified name"),
        };
        assert_eq!(claims.scope().to_string(), "email profile");
        assert_eq!(ClaimSet::of(&Scope::parse("openid email")).to_string(), "email email_verified");
    }
}
