//! Grants: the authorization of a client by a user, and the tokens issued for it.

use super::{
    ClaimSet, ClientId, GrantId, RequestedClaims, Resource, Scope, SessionId, Timestamp, UserId,
};

/// The authentication method of a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amr {
    /// An assertion of a service (RFC 7523 §2.1). No person was there.
    Assertion,
    /// The approval of another device, on which the user was signed in.
    Device,
    /// A one-time link or code.
    OneTimeCode,
    /// A passkey, which is phishing-resistant.
    Passkey,
}

impl Amr {
    /// The stored value.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Assertion => "assertion",
            Self::Device => "device",
            Self::OneTimeCode => "otp",
            Self::Passkey => "phr",
        }
    }

    /// The value of the `amr` claim (RFC 8176 §2). For applications, the code that a device shows is
    /// a one-time code. None stands for an assertion, which may be that of another issuer.
    pub fn claim(self) -> Option<&'static str> {
        match self {
            Self::Assertion => None,
            Self::Device | Self::OneTimeCode => Some("otp"),
            Self::Passkey => Some("phr"),
        }
    }

    /// Reads a stored value.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Assertion, Self::Device, Self::OneTimeCode, Self::Passkey]
            .into_iter()
            .find(|amr| amr.as_str() == text)
    }
}

/// One authorization of a client by a user. Revoking it revokes all its tokens.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Its id.
    pub id: GrantId,
    /// The client that received it.
    pub client_id: ClientId,
    /// The user who gave it.
    pub user_id: UserId,
    /// The browser session in which it was given.
    pub session_id: SessionId,
    /// The granted scope.
    pub scope: Scope,
    /// The API that its access tokens are for (RFC 8707), if any.
    pub resource: Option<Resource>,
    /// The claims granted in addition to the scope.
    pub claims: RequestedClaims,
    /// When the user authenticated (OIDC Core §2 `auth_time`).
    pub auth_time: Timestamp,
    /// How the user authenticated.
    pub amr: Amr,
    /// When the client sent the request.
    pub requested_at: Timestamp,
    /// When it was given.
    pub created_at: Timestamp,
    /// Expiry of the last token issued or still issuable.
    pub expires_at: Timestamp,
    /// When it was revoked, with all its tokens.
    pub revoked_at: Option<Timestamp>,
}

/// The times of a sign-in, which its ID tokens name.
#[derive(Debug, Clone, Copy)]
pub struct SignInTimes {
    /// When the user authenticated.
    pub auth_time: Timestamp,
    /// When the client sent the request.
    pub requested_at: Timestamp,
}

impl Grant {
    /// The scope that the user consented to, including scopes for the requested claims.
    pub fn consent_scope(&self) -> Scope {
        self.claims.to_be_consented(&self.scope, self.resource.as_ref())
    }

    /// The claims for its ID tokens.
    pub fn claims_in_id_token(&self) -> ClaimSet {
        ClaimSet::of(&self.scope).union(self.claims.id_token)
    }

    /// The claims for the UserInfo endpoint.
    pub fn claims_in_userinfo(&self) -> ClaimSet {
        ClaimSet::of(&self.scope).union(self.claims.userinfo)
    }
}
