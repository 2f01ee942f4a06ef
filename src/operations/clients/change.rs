//! The settings of a client that can change, and the restrictions on public clients.

use std::collections::BTreeSet;

use super::{
    PublicClientFault, TlsClientAuthFault,
    identity_assertions::AssertionsDraft,
    security_profile::refuse_misfits,
    trusted_issuers::{self, TrustDraft},
};
use crate::{
    crypto::{Algorithm, JwkSet},
    model::{
        ClaimRule, Client, ClientDescription, ClientName, ClientType, ExchangeRule,
        FederatedIdentity, GroupId, Image, SecurityProfile, Timestamp, TlsClientAuth,
        TrustedIssuer, redirect_uri::RedirectUriPattern, text::TextError,
    },
    operations::{Change, Refusal},
};

/// A change of a client.
#[derive(Debug, Clone, Default)]
pub struct ClientChange {
    /// The name shown to people.
    pub name: Change<ClientName>,
    /// Its description, one sentence.
    pub description: Change<Option<ClientDescription>>,
    /// Whether it can keep a secret.
    pub client_type: Change<ClientType>,
    /// Its redirect URIs.
    pub redirect_uris: Change<Vec<RedirectUriPattern>>,
    /// Its redirect URIs after a logout.
    pub post_logout_redirect_uris: Change<Vec<RedirectUriPattern>>,
    /// The URI that receives back-channel logout tokens.
    pub backchannel_logout_uri: Change<Option<String>>,
    /// Its front page.
    pub launch_url: Change<Option<String>>,
    /// Whether PKCE is required.
    pub requires_pkce: Change<bool>,
    /// Whether it must push its authorization requests.
    pub requires_pushed_authorization_requests: Change<bool>,
    /// Whether it gets only bound tokens.
    pub requires_dpop: Change<bool>,
    /// Whether it gets only tokens that are bound to its TLS certificate.
    pub requires_mtls: Change<bool>,
    /// The security profile that it keeps to.
    pub security_profile: Change<Option<SecurityProfile>>,
    /// Whether every sign-in to it requires the passkey again.
    pub requires_reauthentication: Change<bool>,
    /// Whether the consent page is skipped.
    pub skips_consent: Change<bool>,
    /// Whether only members of its groups may use it.
    pub is_group_restricted: Change<bool>,
    /// The signing algorithm of its ID tokens.
    pub id_token_signed_response_alg: Change<Algorithm>,
    /// The signing algorithm of its UserInfo responses.
    pub userinfo_signed_response_alg: Change<Option<Algorithm>>,
    /// Its own public keys.
    pub jwks: Change<Option<JwkSet>>,
    /// External issuers whose assertions authenticate it.
    pub federated_identities: Change<Vec<FederatedIdentity>>,
    /// The name and the authorities of the TLS certificates that authenticate it.
    pub tls_client_auth: Change<Option<TlsClientAuth>>,
    /// Claims about users that it gets beside those of its scopes.
    pub claim_rules: Change<Vec<ClaimRule>>,
    /// The tokens that it may exchange.
    pub token_exchanges: Change<Vec<ExchangeRule>>,
    /// Whether the APIs, and so their permissions, are created and changed only afterwards.
    pub is_before_apis: bool,
    /// The issuers whose identity assertions say for which users it gets tokens.
    pub trusted_issuers: Change<TrustDraft>,
    /// The servers elsewhere for which it gets assertions about its users.
    pub identity_assertions: Change<AssertionsDraft>,
    /// Lifetime of an access token in seconds.
    pub access_token_seconds: Change<i64>,
    /// Lifetime of a refresh token in seconds.
    pub refresh_token_seconds: Change<i64>,
    /// How long ago a user may have authenticated for it to get codes and tokens, in seconds.
    pub max_session_age_seconds: Change<Option<i64>>,
    /// The groups that may use it when it is restricted.
    pub groups: Change<BTreeSet<GroupId>>,
    /// Its logo.
    pub logo: Change<Option<Image>>,
    /// Its logo for dark backgrounds.
    pub dark_logo: Change<Option<Image>>,
    /// Whether a public client may be without a callback URL.
    pub without_callback: WithoutCallback,
}

/// Whether a public client may be without a callback URL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum WithoutCallback {
    /// Allowed: users sign in to it with device codes only (Pocket ID 2.14). It never adopts the
    /// URL of its first sign-in, since a public client cannot prove its identity.
    Allowed,
    /// Refused: the caller sees the error at once and can add a URL.
    #[default]
    Refused,
}

impl ClientChange {
    /// Whether it changes a field that comes from the client's metadata document.
    pub(super) fn sets_what_a_document_says(&self) -> bool {
        self.name != Change::Keep
            || self.client_type != Change::Keep
            || self.redirect_uris != Change::Keep
            || self.post_logout_redirect_uris != Change::Keep
    }

    /// Returns the change without the fields that come from a client's metadata document, or that
    /// such a client cannot have.
    pub fn without_what_a_document_says(self) -> Self {
        Self {
            name: Change::Keep,
            client_type: Change::Keep,
            redirect_uris: Change::Keep,
            post_logout_redirect_uris: Change::Keep,
            requires_pkce: Change::Keep,
            jwks: Change::Keep,
            federated_identities: Change::Keep,
            tls_client_auth: Change::Keep,
            skips_consent: Change::Set(false),
            ..self
        }
    }

    /// Applies the change to a client, and refuses contradictions. Returns the REST API names of
    /// the changed fields. Claims, groups, logos and assertion rules have their own rows or audit
    /// entries; the callers store them.
    pub(super) fn apply(
        &self,
        before: &Client,
        client: &mut Client,
    ) -> Result<Vec<&'static str>, Refusal> {
        let requires_par = &self.requires_pushed_authorization_requests;
        let fields = [
            ("name", self.name.apply(&mut client.name)),
            ("description", self.description.apply(&mut client.description)),
            ("isPublic", self.client_type.apply(&mut client.client_type)),
            ("callbackURLs", self.redirect_uris.apply(&mut client.redirect_uris)),
            (
                "logoutCallbackURLs",
                self.post_logout_redirect_uris.apply(&mut client.post_logout_redirect_uris),
            ),
            (
                "backchannelLogoutUri",
                self.backchannel_logout_uri.apply(&mut client.backchannel_logout_uri),
            ),
            ("launchURL", self.launch_url.apply(&mut client.launch_url)),
            ("pkceEnabled", self.apply_pkce(client)?),
            (
                "requiresPushedAuthorizationRequests",
                requires_par.apply(&mut client.requires_pushed_authorization_requests),
            ),
            ("dpopBoundAccessTokens", self.requires_dpop.apply(&mut client.requires_dpop)),
            (
                "tlsClientCertificateBoundAccessTokens",
                self.requires_mtls.apply(&mut client.requires_mtls),
            ),
            ("securityProfile", self.security_profile.apply(&mut client.security_profile)),
            (
                "requiresReauthentication",
                self.requires_reauthentication.apply(&mut client.requires_reauthentication),
            ),
            ("skipConsent", self.skips_consent.apply(&mut client.skips_consent)),
            ("isGroupRestricted", self.is_group_restricted.apply(&mut client.is_group_restricted)),
            (
                "idTokenSignedResponseAlg",
                self.algorithm(client).apply(&mut client.id_token_signed_response_alg),
            ),
            (
                "userinfoSignedResponseAlg",
                self.userinfo_signed_response_alg.apply(&mut client.userinfo_signed_response_alg),
            ),
        ];
        let fields = fields.into_iter().chain(self.apply_rights(client));
        let changed = fields.filter_map(|(field, is_other)| is_other.then_some(field));
        let changed: Vec<_> = changed.collect();
        self.refuse_contradictions(before, client, &changed)?;
        refuse_misfits(client)?;
        Ok(changed)
    }

    /// Whether the client would trust an issuer that it does not trust before, or other keys of one.
    pub fn adds_trust(&self, before: &[TrustedIssuer]) -> bool {
        match &self.trusted_issuers {
            Change::Set(after) => after.issuers.iter().any(|one| !one.is_among(before)),
            Change::Keep => false,
        }
    }

    /// Refuses authorities of which none is valid now.
    pub(super) fn refuse_old_authorities(&self, now: Timestamp) -> Result<(), Refusal> {
        let Change::Set(Some(auth)) = &self.tls_client_auth else { return Ok(()) };
        if auth.is_valid_at(now.as_unix()) {
            return Ok(());
        }
        Err(TlsClientAuthFault::AuthoritiesExpired.into())
    }

    /// Applies the change of the keys of a client, and of its tokens.
    fn apply_rights(&self, client: &mut Client) -> [(&'static str, bool); 8] {
        [
            ("jwks", self.jwks.apply(&mut client.keys.jwks)),
            (
                "federatedIdentities",
                self.federated_identities.apply(&mut client.keys.federated_identities),
            ),
            ("tlsClientAuth", self.tls_client_auth.apply(&mut client.keys.tls_client_auth)),
            ("tokenExchanges", self.token_exchanges.apply(&mut client.token_exchanges)),
            ("trustedIssuers", self.apply_trust(client)),
            (
                "accessTokenDurationMinutes",
                self.access_token_seconds.apply(&mut client.access_token_seconds),
            ),
            (
                "refreshTokenDurationMinutes",
                self.refresh_token_seconds.apply(&mut client.refresh_token_seconds),
            ),
            (
                "maxSessionAgeMinutes",
                self.max_session_age_seconds.apply(&mut client.max_session_age_seconds),
            ),
        ]
    }

    fn apply_trust(&self, client: &mut Client) -> bool {
        let issuers = self.trusted_issuers.clone().map(|draft| draft.issuers);
        issuers.apply(&mut client.trusted_issuers)
    }

    /// Applies the PKCE setting. A client that becomes public requires PKCE from then on.
    fn apply_pkce(&self, client: &mut Client) -> Result<bool, Refusal> {
        let is_public = client.client_type == ClientType::Public;
        if is_public && self.requires_pkce == Change::Set(false) {
            return Err(PublicClientFault::NeedsPkce.into());
        }
        if is_public && self.client_type == Change::Set(ClientType::Public) {
            return Ok(Change::Set(true).apply(&mut client.requires_pkce));
        }
        Ok(self.requires_pkce.apply(&mut client.requires_pkce))
    }

    /// The new signing algorithm. A client gets one that its profile allows, unless another is asked
    /// for.
    fn algorithm(&self, client: &Client) -> Change<Algorithm> {
        let is_allowed = client.allows(client.id_token_signed_response_alg);
        match self.id_token_signed_response_alg {
            Change::Keep if !is_allowed => Change::Set(Algorithm::Es256),
            asked => asked,
        }
    }

    /// Refuses keys for a public client, which has no means to authenticate (RFC 6749 §2.1), and an
    /// empty list of callback URLs, which it could not choose at its first sign-in. A public client
    /// that has no callback URL already can still change other fields, and what cannot be any more can still be taken away.
    fn refuse_contradictions(
        &self,
        before: &Client,
        client: &Client,
        changed: &[&str],
    ) -> Result<(), Refusal> {
        if let Some(fault) = ExchangeRule::fault_of(&client.token_exchanges) {
            let error = TextError::format(fault);
            return Err(Refusal::Field { field: "tokenExchanges", error });
        }
        if let Change::Set(draft) = &self.trusted_issuers
            && draft.names_this_server(&before.trusted_issuers)
        {
            return Err(Refusal::NamesThisServer { field: "trustedIssuers" });
        }
        if let Some(fault) = trusted_issuers::fault_of(client) {
            return Err(Refusal::TrustedIssuers(client.id.clone(), fault));
        }
        if client.keys.lacks_certificates() {
            return Err(TlsClientAuthFault::NeedsCertificate.into());
        }
        if client.describes_itself()
            && client.keys.tls_client_auth == Some(TlsClientAuth::SelfSigned)
        {
            return Err(TlsClientAuthFault::ChangesItsKeys.into());
        }
        if client.describes_itself() && self.skips_consent == Change::Set(true) {
            return Err(Refusal::SelfRegisteredNeedsConsent(client.id.clone()));
        }
        if client.client_type != ClientType::Public {
            return Ok(());
        }
        if !client.keys.is_empty() {
            return Err(PublicClientFault::HasKeys.into());
        }
        let adds = client.token_exchanges.iter().any(|rule| !before.token_exchanges.contains(rule));
        if adds {
            return Err(PublicClientFault::ExchangesTokens.into());
        }
        let is_refused = self.without_callback == WithoutCallback::Refused
            && (changed.contains(&"isPublic") || changed.contains(&"callbackURLs"));
        if client.redirect_uris.is_empty() && is_refused {
            return Err(PublicClientFault::NeedsCallback.into());
        }
        Ok(())
    }
}

impl From<TlsClientAuthFault> for Refusal {
    fn from(fault: TlsClientAuthFault) -> Self {
        Self::TlsClientAuth(fault)
    }
}

impl From<PublicClientFault> for Refusal {
    fn from(fault: PublicClientFault) -> Self {
        Self::PublicClient(fault)
    }
}
