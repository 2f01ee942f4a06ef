//! Clients (RFC 6749 §2): the applications that people sign in to.

use std::ops::RangeInclusive;

use crate::crypto::{Algorithm, VerifyingKey};

use super::{
    Claim, ClaimRule, ClientId, ClientKeys, ClientSecretId, DemandedBinding, ExchangeRule,
    GrantType, RegistrationState, RequestedClaims, Resource, Scope, ScopeName, ScopeToken,
    SecurityProfile, Timestamp, TrustedIssuer, redirect_uri::RedirectUriPattern, text::text_type,
};

text_type!(
    /// The name shown on the consent page.
    ClientName, 1, 50
);

text_type!(
    /// The description of a client, in one sentence.
    ClientDescription, 1, 150
);

/// Whether a client can keep a secret (RFC 6749 §2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientType {
    /// It has a secret and must present it.
    Confidential,
    /// It has no secret and must use PKCE.
    Public,
}

/// A registered client.
#[derive(Debug, Clone)]
pub struct Client {
    /// The client identifier.
    pub id: ClientId,
    /// The display name.
    pub name: ClientName,
    /// The description.
    pub description: Option<ClientDescription>,
    /// Whether it has a secret.
    pub client_type: ClientType,
    /// The allowed callback URLs. If empty, the first completed sign-in registers one.
    pub redirect_uris: Vec<RedirectUriPattern>,
    /// The allowed URLs after a logout.
    pub post_logout_redirect_uris: Vec<RedirectUriPattern>,
    /// Whether it must send a code challenge (RFC 7636).
    pub requires_pkce: bool,
    /// Whether it must push its authorization requests (RFC 9126 §6).
    pub requires_pushed_authorization_requests: bool,
    /// Whether it gets only tokens that are bound to a key of its own (RFC 9449 §5.2,
    /// `dpop_bound_access_tokens`).
    pub requires_dpop: bool,
    /// Whether it gets only tokens that are bound to its TLS certificate (RFC 8705 §3.4,
    /// `tls_client_certificate_bound_access_tokens`).
    pub requires_mtls: bool,
    /// The security profile that it keeps to, if any.
    pub security_profile: Option<SecurityProfile>,
    /// Whether every sign-in requires the passkey again.
    pub requires_reauthentication: bool,
    /// Whether the consent page is skipped.
    pub skips_consent: bool,
    /// Whether only members of its groups may use it.
    pub is_group_restricted: bool,
    /// The signing algorithm of its ID tokens (OIDC Dynamic Client Registration §2).
    pub id_token_signed_response_alg: Algorithm,
    /// The signing algorithm of its UserInfo responses, which are JSON if there is none (OIDC
    /// Dynamic Client Registration §2).
    pub userinfo_signed_response_alg: Option<Algorithm>,
    /// The grant types that it may use; all if not set.
    pub grant_types: Option<Vec<GrantType>>,
    /// Its start page.
    pub launch_url: Option<String>,
    /// The URL to notify when a session of its user ends (OIDC Back-Channel Logout §2.2).
    pub backchannel_logout_uri: Option<String>,
    /// Its keys and identities for authentication without a secret.
    pub keys: ClientKeys,
    /// Additional claims that it receives, ordered by name.
    pub claim_rules: Vec<ClaimRule>,
    /// The tokens that it may exchange (RFC 8693).
    pub token_exchanges: Vec<ExchangeRule>,
    /// The issuers whose identity assertions say for which users it gets tokens.
    pub trusted_issuers: Vec<TrustedIssuer>,
    /// Lifetime of an access token, in seconds.
    pub access_token_seconds: i64,
    /// Lifetime of a refresh token since its last rotation, in seconds.
    pub refresh_token_seconds: i64,
    /// How long ago a user may have authenticated for it to get codes and tokens, in seconds. Any time if not set.
    pub max_session_age_seconds: Option<i64>,
    /// When it was registered.
    pub created_at: Timestamp,
    /// Its state, if it registered itself (RFC 7591).
    pub registration: Option<RegistrationState>,
}

impl Client {
    /// Creates a client with the default settings.
    pub fn new(
        id: ClientId,
        name: ClientName,
        client_type: ClientType,
        created_at: Timestamp,
    ) -> Self {
        Self {
            id,
            name,
            description: None,
            client_type,
            redirect_uris: Vec::new(),
            post_logout_redirect_uris: Vec::new(),
            requires_pkce: false,
            requires_pushed_authorization_requests: false,
            requires_dpop: false,
            requires_mtls: false,
            security_profile: None,
            requires_reauthentication: false,
            skips_consent: false,
            is_group_restricted: false,
            id_token_signed_response_alg: Algorithm::Rs256,
            userinfo_signed_response_alg: None,
            grant_types: None,
            launch_url: None,
            backchannel_logout_uri: None,
            keys: ClientKeys::default(),
            claim_rules: Vec::new(),
            token_exchanges: Vec::new(),
            trusted_issuers: Vec::new(),
            access_token_seconds: Self::DEFAULT_ACCESS_TOKEN_SECONDS,
            refresh_token_seconds: Self::DEFAULT_REFRESH_TOKEN_SECONDS,
            max_session_age_seconds: None,
            created_at,
            registration: None,
        }
    }

    /// The session ages that it may demand, in minutes: as long as an interaction may take after the passkey was
    /// used, up to a year.
    pub const SESSION_AGE_MINUTES: RangeInclusive<i64> = 5..=365 * 24 * 60;

    /// When a session of this authentication time is too old for it; far away without a longest session age.
    pub fn session_ends_at(&self, auth_time: Timestamp) -> Timestamp {
        let seconds = self.max_session_age_seconds;
        seconds.map_or(Timestamp::FAR_AWAY, |seconds| auth_time.plus(seconds))
    }

    /// One hour.
    pub const DEFAULT_ACCESS_TOKEN_SECONDS: i64 = 3_600;
    /// Thirty days.
    pub const DEFAULT_REFRESH_TOKEN_SECONDS: i64 = 43_200 * 60;

    /// Whether it can do nothing yet, since an administrator has to approve it.
    pub fn is_pending(&self) -> bool {
        self.registration == Some(RegistrationState::Pending)
    }

    /// The host of a metadata document, as the name of a client that has no good one.
    pub fn name_of_host(id: &ClientId) -> Option<ClientName> {
        id.host()?.chars().take(50).collect::<String>().parse().ok()
    }

    /// Whether a stranger may change its description at any time: it registered itself, or has a metadata
    /// document. People are always asked for consent.
    pub fn describes_itself(&self) -> bool {
        self.is_self_registered() || self.id.is_url()
    }

    /// Whether it registered itself, so that its name is unverified.
    pub fn is_self_registered(&self) -> bool {
        self.registration.is_some()
    }

    /// The part of a scope that it may ask for: a client that registered itself learns nothing of groups.
    pub fn allowed_scope(&self, scope: Scope) -> Scope {
        if self.is_self_registered() { scope.without(&ScopeToken::Groups) } else { scope }
    }

    /// The part of the claims requested by name that it may ask for.
    pub fn allowed_claims(&self, claims: RequestedClaims) -> RequestedClaims {
        if self.is_self_registered() { claims.without(Claim::Groups) } else { claims }
    }

    /// The id of the client behind `pocketid ssh login`.
    pub const SSH: &str = "pocketid-ssh";

    /// Whether it may use this grant type. The client of SSH gets no refresh token: each certificate wants
    /// the passkey.
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        let of_ssh = [GrantType::AuthorizationCode, GrantType::DeviceCode];
        if self.id.as_str() == Self::SSH && !of_ssh.contains(&grant_type) {
            return false;
        }
        self.grant_types.as_ref().is_none_or(|listed| listed.contains(&grant_type))
    }

    /// Whether this is a custom scope that one of its claim rules defines.
    pub fn has_scope(&self, name: &ScopeName) -> bool {
        self.claim_rules.iter().any(|rule| rule.scope.as_ref() == Some(name))
    }

    /// The signing algorithm of its access tokens. For an API it is the client's algorithm (RFC
    /// 9068 §2.1). Only we read the others, so they use ES256, which is 30 times cheaper.
    pub fn access_token_alg(&self, resource: Option<&Resource>) -> Algorithm {
        match resource {
            Some(_) => self.id_token_signed_response_alg,
            None => Algorithm::Es256,
        }
    }

    /// Whether each authorization request must contain a code challenge (RFC 9700 §2.1.1).
    pub fn must_use_pkce(&self) -> bool {
        self.requires_pkce
            || self.client_type == ClientType::Public
            || self.security_profile.is_some()
    }

    /// Whether it must push its authorization requests (RFC 9126, FAPI 2.0 §5.3.2.2).
    pub fn must_push(&self) -> bool {
        self.requires_pushed_authorization_requests || self.security_profile.is_some()
    }

    /// The keys that its tokens have to be bound to.
    pub fn demanded_binding(&self) -> DemandedBinding {
        DemandedBinding {
            to_key: self.requires_dpop,
            to_certificate: self.requires_mtls,
            to_any: self.security_profile.is_some(),
        }
    }

    /// Whether it gets only bound tokens, by whichever means (RFC 8705 §3.4, RFC 9449 §5.2, FAPI 2.0
    /// §5.3.2.1).
    pub fn must_bind_tokens(&self) -> bool {
        self.requires_dpop || self.requires_mtls || self.security_profile.is_some()
    }

    /// Whether its security profile demands keys or certificates, and it has none that the profile
    /// allows.
    pub fn lacks_keys(&self) -> bool {
        let is_usable = |jwk| {
            let mut allowed = Algorithm::ALL.into_iter().filter(|one| self.allows(*one));
            allowed.any(|algorithm| VerifyingKey::from_jwk(jwk, algorithm).is_some())
        };
        let mut keys = self.keys.jwks.iter().flat_map(|set| &set.keys);
        self.security_profile.is_some()
            && self.keys.tls_client_auth.is_none()
            && !keys.any(is_usable)
    }

    /// Whether its security profile allows the algorithm. Without a profile, every one is allowed.
    pub fn allows(&self, algorithm: Algorithm) -> bool {
        self.security_profile.is_none_or(|profile| profile.allows(algorithm))
    }
}

/// A client secret without the secret itself.
#[derive(Debug, Clone)]
pub struct ClientSecret {
    /// Its id.
    pub id: ClientSecretId,
    /// Its first four characters, to tell secrets apart.
    pub prefix: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it expires; never if not set.
    pub expires_at: Option<Timestamp>,
}
