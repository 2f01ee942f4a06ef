//! Authenticates clients by a signed JWT: `private_key_jwt` (OIDC Core §9) and federated identities
//! (RFC 7523; Pocket ID 2.14).

use std::sync::Arc;

use super::refuse::refuse;
use crate::{
    crypto::{Digest, JwkSet, jws},
    model::{Client, ClientId, Timestamp},
    oidc::{
        OAuthError, Params,
        client_assertion::{ASSERTION_TYPE, AssertionClaims, Expected},
    },
    server::{
        App,
        assertions::{MAX_ASSERTION, fetch_keys, own_audiences, verify},
        limiter::{BucketKey, Policy},
    },
    store::{StoreError, client_assertions, clients},
};

/// Where an assertion may be addressed to: the issuer, or an endpoint that takes assertions.
const AUDIENCES: [&str; 3] = ["", "/api/oidc/token", "/api/oidc/par"];

/// How far in the future a single-use assertion may expire, in seconds: its `jti` has to be
/// remembered that long.
const MAX_LIFE: i64 = 24 * 3_600;

/// An assertion sent instead of a secret.
#[derive(Debug)]
pub(super) struct Assertion {
    text: String,
    client_id: ClientId,
    claims: AssertionClaims,
}

impl Assertion {
    /// Reads the assertion of a request, if there is one. Does not verify it.
    pub(super) fn read(params: &Params) -> Result<Option<Self>, OAuthError> {
        let text = match (params.value("client_assertion"), params.value("client_assertion_type")) {
            (None, None) => return Ok(None),
            (Some(text), Some(ASSERTION_TYPE)) => text,
            (Some(_), Some(_)) => {
                return Err(OAuthError::invalid_request(
                    "The only supported client_assertion_type is \
                     urn:ietf:params:oauth:client-assertion-type:jwt-bearer.",
                ));
            }
            _ => {
                return Err(OAuthError::invalid_request(
                    "The parameters client_assertion and client_assertion_type must be sent \
                     together.",
                ));
            }
        };
        Self::parse(text, params.value("client_id")).map(Some)
    }

    /// Parses an assertion. Its subject is the client id, unless the request names a client id.
    pub(super) fn parse(text: &str, client_id: Option<&str>) -> Result<Self, OAuthError> {
        if text.len() > MAX_ASSERTION {
            return Err(refuse("the assertion is too long"));
        }
        let claims: AssertionClaims =
            jws::peek_claims(text).ok_or_else(|| refuse("the assertion is not a JWT"))?;
        let id = client_id.unwrap_or(&claims.sub);
        let client_id = id.parse().map_err(|_| refuse("there is no such client"))?;
        Ok(Self { text: text.to_owned(), client_id, claims })
    }

    /// Verifies the assertion and returns its client.
    pub(super) async fn authenticate(
        self,
        app: &Arc<App>,
        now: Timestamp,
    ) -> Result<Client, OAuthError> {
        let id = self.client_id.clone();
        let client = app.store().read(move |tx| clients::find(tx, &id)).await?;
        let client = client.ok_or_else(|| refuse("there is no such client"))?;
        if client.is_pending() {
            return Err(refuse("the client waits for an administrator"));
        }
        let is_single_use = match &client.keys.jwks {
            Some(keys) if self.claims.iss == client.id.as_str() => {
                self.check_own(app, &client, keys, now)?;
                true
            }
            _ if client.security_profile.is_some() => {
                return Err(refuse("the profile of the client demands keys of its own"));
            }
            _ => self.check_federated(app, &client, now).await?,
        };
        if is_single_use {
            self.use_up(app, now).await?;
        }
        Ok(client)
    }

    /// Verifies an assertion signed with the client's own keys (OIDC Core §9): issuer and subject
    /// are the client, the audience is this server.
    fn check_own(
        &self,
        app: &App,
        client: &Client,
        keys: &JwkSet,
        now: Timestamp,
    ) -> Result<(), OAuthError> {
        // FAPI 2.0 §5.3.2.1: the issuer alone.
        let is_single = client.security_profile.is_some();
        let audiences =
            if is_single { vec![app.issuer().to_owned()] } else { own_audiences(app, &AUDIENCES) };
        let audiences: Vec<&str> = audiences.iter().map(String::as_str).collect();
        let id = client.id.as_str();
        verify(&self.text, keys, |algorithm| client.allows(algorithm)).map_err(refuse_assertion)?;
        let expected = Expected { issuer: id, subject: id, audiences: &audiences, is_single };
        self.claims.check(expected, now).map_err(refuse)
    }

    /// Verifies an assertion of a federated issuer. Returns whether the assertion is single-use.
    async fn check_federated(
        &self,
        app: &Arc<App>,
        client: &Client,
        now: Timestamp,
    ) -> Result<bool, OAuthError> {
        let identities = &client.keys.federated_identities;
        let identity = identities.iter().find(|identity| identity.issuer == self.claims.iss);
        let identity = identity
            .ok_or_else(|| refuse("the issuer is not a federated identity of the client"))?;
        let keys = fetch_keys(app, &identity.jwks_url(), now).await.map_err(refuse_assertion)?;
        verify(&self.text, &keys, |_| true).map_err(refuse_assertion)?;
        let expected = Expected {
            issuer: &identity.issuer,
            subject: identity.subject(&client.id),
            audiences: &[identity.audience.as_deref().unwrap_or(app.issuer())],
            is_single: false,
        };
        self.claims.check(expected, now).map_err(refuse)?;
        Ok(identity.replay_protection)
    }

    /// Refuses an assertion that was used before (RFC 7523 §3).
    async fn use_up(&self, app: &Arc<App>, now: Timestamp) -> Result<(), OAuthError> {
        let jti = self.claims.jti.as_deref().ok_or_else(|| refuse("the assertion has no jti"))?;
        let until = self.claims.remembered_until();
        // It is remembered for a minute longer than it is good.
        if until.seconds_since(now) > MAX_LIFE + 60 {
            return Err(refuse("the assertion expires too far in the future"));
        }
        count(app, &self.client_id)?;
        // Another issuer may have chosen the same `jti`.
        let digest = Digest::of(format!("{}\0{jti}", self.claims.iss));
        let id = self.client_id.clone();
        let used = app.store().write(move |tx| client_assertions::insert(tx, &id, digest, until));
        match used.await {
            Err(StoreError::Conflict) => Err(refuse("the assertion was used before")),
            result => Ok(result?),
        }
    }
}

/// Counts the client's single-use assertions: each `jti` is a row until the assertion expires. Only
/// verified assertions count, so that no other party can use up a client's limit.
fn count(app: &App, client_id: &ClientId) -> Result<(), OAuthError> {
    let counted = app.limiter().check_key(Policy::ClientAssertion, BucketKey::of_client(client_id));
    counted.map_err(|seconds| OAuthError {
        description: "The client authenticated too often. Try again later.".into(),
        ..OAuthError::too_many(seconds, "too many assertions of one client")
    })
}

#[expect(clippy::needless_pass_by_value, reason = "it maps an error")]
fn refuse_assertion(fault: String) -> OAuthError {
    refuse(&fault)
}
