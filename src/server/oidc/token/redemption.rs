//! Redeems a single-use credential: a code, a device code or a refresh token. Not to be confused with token exchange
//! (RFC 8693), which is in `token_exchange.rs`.
//!
//! The tokens are signed between a read and the write that decides: RS256 takes too long for the
//! single writer. The write checks everything again, so a credential that is presented twice at the
//! same moment is used once. A second use revokes all tokens of the first one. That must be
//! committed, so it is a value here and not an error.
//!
//! A refresh token may be repeated for a moment: then the same successor is returned again.
//!
//! Actions that one grant could repeat without end are counted after the read, once the credential
//! is known to be valid.

use std::{collections::BTreeMap, sync::Arc};

use super::issue::{Material, NewTokens, REFRESH_PREFIX, TokenResponse};
use crate::{
    crypto::{BearerToken, Rng},
    model::{Actor, AuditEvent, Client, EventKind, GrantId, Resource, Timestamp},
    oidc::{OAuthError, OAuthErrorCode, refresh::check_session_age, resource::check_resource},
    server::{
        App,
        limiter::{BucketKey, Policy},
        oidc::{api_access::check_grant, binding::Binding, user_claims::ClaimsAt},
    },
    store::{
        Tx, audit_events,
        grants::{self, Subject},
    },
};

/// A single-use credential, as a client presents it at one moment.
pub(super) trait PresentedCredential: Clone + Send + 'static {
    /// Its name in the audit log.
    const KIND: &'static str;

    /// Finds and checks it.
    fn find(&self, tx: &mut Tx<'_>) -> Result<CredentialState, OAuthError>;

    /// Uses it up, with the side effects of its use.
    fn consume(&self, tx: &mut Tx<'_>, subject: &Subject) -> Result<(), OAuthError>;

    /// The keys that the new tokens are bound to.
    fn binding(&self) -> &Binding;

    /// The limit on how often one grant may use such a credential. A code can be used only once,
    /// and needs no limit.
    fn limit(_: Use) -> Option<Policy> {
        None
    }

    /// The refresh token to issue for it.
    fn refresh_token(&self, _seen: Use, grant_id: GrantId, rng: &dyn Rng) -> BearerToken {
        BearerToken::generate(REFRESH_PREFIX, grant_id.0, rng)
    }
}

/// Whether the credential is used for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The first use, which uses it up.
    First,
    /// A repeated use, a moment later.
    Repeated,
}

/// The result of the check.
#[derive(Debug)]
pub(super) enum CredentialState {
    /// It is valid. Holds the nonce for the ID token.
    Good(Subject, Option<String>),
    /// It is valid, and stays so: a refresh token that is not replaced.
    Kept(Subject),
    /// This client used it a moment ago, and gets the same refresh token again.
    Repeated(Subject),
    /// This client used it before.
    Replayed(Subject),
}

/// Issues tokens for the credential, once.
pub(super) async fn redeem_once<P: PresentedCredential>(
    app: &Arc<App>,
    client: &Client,
    presented: P,
    now: Timestamp,
) -> Result<TokenResponse, OAuthError> {
    let mut replay = app.audit_event(EventKind::ReplayDetected, None, Actor::Client, now);
    replay.data =
        BTreeMap::from([("clientName", client.name.to_string()), ("token", P::KIND.to_owned())]);
    let (look, issuer) = (presented.clone(), app.issuer().to_owned());
    let material = app.store().read(move |tx| match look.find(tx)? {
        CredentialState::Good(subject, nonce) => Ok(Some((
            Use::First,
            Material::find(tx, subject, nonce, ClaimsAt { issuer: &issuer, now })?,
        ))),
        CredentialState::Kept(subject) => Ok(Some((
            Use::First,
            Material::find(tx, subject, None, ClaimsAt { issuer: &issuer, now })?,
        ))),
        CredentialState::Repeated(subject) => Ok(Some((
            Use::Repeated,
            Material::find(tx, subject, None, ClaimsAt { issuer: &issuer, now })?,
        ))),
        CredentialState::Replayed(_) => Ok::<_, OAuthError>(None),
    });
    let (seen, tokens) = match material.await? {
        Some((seen, material)) => {
            let grant_id = material.grant_id();
            count::<P>(app, grant_id, seen)?;
            let refresh_token = presented.refresh_token(seen, grant_id, app.rng());
            let material = material.bound_to(presented.binding().confirmation());
            let tokens = NewTokens::sign(app, client, material, refresh_token, now).await?;
            (Some((grant_id, seen)), Some(tokens))
        }
        None => (None, None),
    };
    let tokens = Arc::new(tokens);
    let offered = Arc::clone(&tokens);
    let settle = move |tx: &mut Tx<'_>| settle(tx, &presented, offered.as_ref().as_ref(), &replay);
    let settled = app.store().write(settle).await?;
    if let (Settled::Used(Use::Repeated), Some((grant_id, Use::First))) = (&settled, seen) {
        do_not_count::<P>(app, grant_id, Use::First);
    }
    match (settled, tokens.as_ref()) {
        (Settled::Used(_), Some(tokens)) => Ok(tokens.response()),
        _ => Err(refuse("it was used before; its tokens were revoked")),
    }
}

/// Counts a use for its grant.
fn count<P: PresentedCredential>(
    app: &App,
    grant_id: GrantId,
    seen: Use,
) -> Result<(), OAuthError> {
    let Some(policy) = P::limit(seen) else { return Ok(()) };
    let counted = app.limiter().check_key(policy, BucketKey::Grant(grant_id));
    counted.map_err(|seconds| OAuthError {
        description: "These tokens were refreshed too often. Try again later.".into(),
        ..OAuthError::too_many(seconds, format!("the grant exceeded its rate limit {policy:?}"))
    })
}

/// Takes back the count. Several servers of one application presented the credential at the same
/// moment, and another one was first.
fn do_not_count<P: PresentedCredential>(app: &App, grant_id: GrantId, seen: Use) {
    if let Some(policy) = P::limit(seen) {
        app.limiter().give_back(policy, BucketKey::Grant(grant_id));
    }
}

/// The result of the write.
#[derive(Debug)]
enum Settled {
    Replayed,
    Used(Use),
}

/// Uses the credential up and stores the tokens. If it was used before, revokes the tokens of that
/// use.
fn settle<P: PresentedCredential>(
    tx: &mut Tx<'_>,
    presented: &P,
    tokens: Option<&NewTokens>,
    replay: &AuditEvent,
) -> Result<Settled, OAuthError> {
    match (presented.find(tx)?, tokens) {
        (CredentialState::Good(subject, _), Some(tokens)) => {
            presented.binding().use_up(tx)?;
            presented.consume(tx, &subject)?;
            tokens.insert(tx)?;
            Ok(Settled::Used(Use::First))
        }
        (CredentialState::Kept(_), Some(tokens)) => {
            presented.binding().use_up(tx)?;
            tokens.insert_beside(tx)?;
            Ok(Settled::Used(Use::First))
        }
        (CredentialState::Repeated(_), Some(tokens)) => {
            presented.binding().use_up(tx)?;
            tokens.insert_access_token(tx)?;
            Ok(Settled::Used(Use::Repeated))
        }
        (
            CredentialState::Good(subject, _)
            | CredentialState::Kept(subject)
            | CredentialState::Repeated(subject)
            | CredentialState::Replayed(subject),
            _,
        ) => {
            if grants::revoke(tx, subject.grant.id, replay.created_at)? {
                let user_id = Some(subject.grant.user_id);
                audit_events::insert(tx, &AuditEvent { user_id, ..replay.clone() })?;
            }
            Ok(Settled::Replayed)
        }
    }
}

/// Refuses tokens for a user who left the groups of the client or signed in too long ago for it, and for a client
/// that lost access to the API or names another one.
pub(super) fn check_access(
    tx: &mut Tx<'_>,
    client: &Client,
    subject: &Subject,
    resource: Option<&Resource>,
    now: Timestamp,
) -> Result<(), OAuthError> {
    if !subject.may_use_client {
        return Err(refuse("the user may not use this client any more"));
    }
    check_session_age(&subject.grant, client, now)?;
    check_resource(&subject.grant, resource)?;
    check_grant(tx, client, &subject.grant)
}

/// An error whose cause is only logged.
pub(super) fn refuse(detail: &str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidGrant, detail)
}
