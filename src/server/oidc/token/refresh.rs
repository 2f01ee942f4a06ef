//! `grant_type=refresh_token` (RFC 6749 §6), with rotation (RFC 9700 §4.14.2)
//!
//! A client that sends two requests at once, or retries because the answer was lost, presents the
//! same refresh token twice. For some seconds it gets the same successor each time: the successor
//! is derived from its predecessor, so no token is stored in clear text. Once the successor was
//! used, or the seconds are over, presenting the predecessor is a replay and revokes the grant.

use super::{
    issue::{REFRESH_PREFIX, TokenResponse, find_subject},
    redemption::{CredentialState, PresentedCredential, Use, check_access, redeem_once, refuse},
};
use crate::{
    crypto::{BearerToken, Rng},
    model::{Client, ClientType, GrantId, Resource, Timestamp},
    oidc::{
        OAuthError, Params,
        dpop::{check_certificate, check_key},
        refresh::{check_age, check_expiry, check_grant, check_scope, may_repeat},
        resource,
    },
    server::{http::Authorised, limiter::Policy, oidc::binding::Binding},
    store::{
        StoreError, Tx, access_tokens,
        grants::Subject,
        refresh_tokens::{self, RefreshToken},
    },
};

/// Issues new tokens for a refresh token, which is used up.
pub(super) async fn rotate(
    req: Authorised<Client, Params>,
    binding: Binding,
) -> Result<TokenResponse, OAuthError> {
    let (app, client, now) = (req.app, req.who, req.head.now);
    let token = BearerToken::parse(REFRESH_PREFIX, req.body.required("refresh_token")?)
        .ok_or_else(|| refuse("the refresh token is malformed"))?;
    let refresh = Refresh {
        successor: token.successor(REFRESH_PREFIX, app.key_store().master_key),
        token,
        scope: req.body.value("scope").map(str::to_owned),
        resource: resource::read(&req.body)?,
        max_seconds: app.config().refresh_token_max_seconds(),
        client: client.clone(),
        binding,
        now,
    };
    redeem_once(&app, &client, refresh, now).await
}

/// A refresh token as a client presents it.
#[derive(Clone)]
struct Refresh {
    token: BearerToken,
    /// The refresh token that replaces it.
    successor: BearerToken,
    scope: Option<String>,
    resource: Option<Resource>,
    /// How long after the grant refresh tokens may be renewed, in seconds.
    max_seconds: Option<i64>,
    client: Client,
    binding: Binding,
    now: Timestamp,
}

impl PresentedCredential for Refresh {
    const KIND: &'static str = "refresh_token";

    fn find(&self, tx: &mut Tx<'_>) -> Result<CredentialState, OAuthError> {
        let token = refresh_tokens::find(tx, &self.token)?
            .ok_or_else(|| refuse("there is no such refresh token"))?;
        let subject = find_subject(tx, token.grant_id, self.now)?;
        // Before anything is revoked: without the key, a stolen refresh token does no harm.
        let shown = self.binding.confirmation();
        check_key(token.keys.jkt.as_ref(), shown.jkt.as_ref())?;
        check_certificate(token.keys.x5t.as_ref(), self.binding.shown_certificate())?;
        if !self.is_bound_as_demanded(&token) {
            return Err(refuse("the client may have bound tokens only, and this one is not"));
        }
        let is_of_client = subject.grant.client_id == self.client.id;
        let is_used = token.consumed_at.is_some();
        if is_used && is_of_client && !self.is_repeated(tx, &token)? {
            return Ok(CredentialState::Replayed(subject));
        }
        self.check(tx, &token, &subject)?;
        Ok(if is_used {
            CredentialState::Repeated(subject)
        } else if self.client.security_profile.is_some() {
            CredentialState::Kept(subject)
        } else {
            CredentialState::Good(subject, None)
        })
    }

    fn binding(&self) -> &Binding {
        &self.binding
    }

    fn consume(&self, tx: &mut Tx<'_>, subject: &Subject) -> Result<(), OAuthError> {
        refresh_tokens::consume(tx, &self.token, self.now)?;
        access_tokens::delete_of_grant(tx, subject.grant.id)?;
        Ok(())
    }

    fn limit(seen: Use) -> Option<Policy> {
        Some(match seen {
            Use::First => Policy::Refresh,
            Use::Repeated => Policy::RepeatedRefresh,
        })
    }

    fn refresh_token(&self, seen: Use, _grant_id: GrantId, _rng: &dyn Rng) -> BearerToken {
        // FAPI 2.0 §5.3.2.1: refresh tokens of a client that proves itself with keys are not rotated. One that
        // was replaced before the client got the profile stays replaced.
        let is_kept = self.client.security_profile.is_some() && seen == Use::First;
        if is_kept { self.token.clone() } else { self.successor.clone() }
    }
}

impl Refresh {
    /// Whether the refresh token of a public client is itself bound to all that the client has to show:
    /// nothing else proves whose it is (RFC 8705 §4, RFC 9449 §5).
    fn is_bound_as_demanded(&self, token: &RefreshToken) -> bool {
        self.client.client_type != ClientType::Public
            || self.client.demanded_binding().is_met_by(&token.keys)
    }

    fn check(
        &self,
        tx: &mut Tx<'_>,
        token: &RefreshToken,
        subject: &Subject,
    ) -> Result<(), OAuthError> {
        let grant = &subject.grant;
        check_grant(grant, &self.client, &subject.user)?;
        check_expiry(token.expires_at, self.now)?;
        check_age(grant.created_at, self.max_seconds, self.now)?;
        check_access(tx, &self.client, subject, self.resource.as_ref(), self.now)?;
        check_scope(grant, &self.client, self.scope.as_deref())
    }

    /// Whether a used refresh token was used a moment ago, and its successor is unused.
    fn is_repeated(&self, tx: &mut Tx<'_>, token: &RefreshToken) -> Result<bool, StoreError> {
        if !token.consumed_at.is_some_and(|consumed_at| may_repeat(consumed_at, self.now)) {
            return Ok(false);
        }
        let successor = refresh_tokens::find(tx, &self.successor)?;
        Ok(successor.is_some_and(|successor| successor.consumed_at.is_none()))
    }
}
