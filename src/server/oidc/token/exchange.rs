//! Trading something that is good once, a code or a refresh token, for tokens.
//!
//! The tokens are signed between a read and the write that counts: RS256 takes too long for the one
//! writer. The write looks at everything again, so that what is presented twice at the same moment is
//! used once. A second use revokes all that the first one bought, and that has to be committed: it is
//! a value here and not an error.
//!
//! A refresh token may be repeated for a moment: then the same successor is given once more.
//!
//! What one grant could do without end is counted after the read, when it is known to be good.

use std::{collections::BTreeMap, sync::Arc};

use super::issue::{Material, NewTokens, REFRESH_PREFIX, TokenResponse};
use crate::{
    crypto::{BearerToken, Rng},
    model::{Actor, AuditEvent, Client, EventKind, GrantId, Resource, Timestamp},
    oidc::{OAuthError, OAuthErrorCode, resource::check_resource},
    server::{
        App,
        limiter::{Key, Policy},
        oidc::api_access::check_grant,
    },
    store::{
        Tx, audit_events,
        grants::{self, Subject},
    },
};

/// Something that buys tokens once, as one client presents it at one moment.
pub(super) trait Presented: Clone + Send + 'static {
    /// What it is called in the audit log.
    const KIND: &'static str;

    /// Finds and checks it.
    fn find(&self, tx: &mut Tx<'_>) -> Result<Found, OAuthError>;

    /// Uses it up, and does what else belongs to its use.
    fn consume(&self, tx: &mut Tx<'_>, subject: &Subject) -> Result<(), OAuthError>;

    /// How often one grant may use such a thing. A code is there once, and needs no limit.
    fn limit(_: Use) -> Option<Policy> {
        None
    }

    /// The refresh token that it buys.
    fn refresh_token(&self, grant_id: GrantId, rng: &dyn Rng) -> BearerToken {
        BearerToken::generate(REFRESH_PREFIX, grant_id.0, rng)
    }
}

/// Which use of it this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// The one that uses it up.
    First,
    /// One more, a moment later.
    Repeated,
}

/// What was found.
#[derive(Debug)]
pub(super) enum Found {
    /// It is good; with the nonce for the ID token.
    Good(Subject, Option<String>),
    /// This client has used it a moment ago: it gets the same refresh token once more.
    Repeated(Subject),
    /// This client has used it before.
    Replayed(Subject),
}

/// Gives tokens for it, once.
pub(super) async fn exchange<P: Presented>(
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
        Found::Good(subject, nonce) => {
            Ok(Some((Use::First, Material::find(tx, subject, nonce, &issuer)?)))
        }
        Found::Repeated(subject) => {
            Ok(Some((Use::Repeated, Material::find(tx, subject, None, &issuer)?)))
        }
        Found::Replayed(_) => Ok::<_, OAuthError>(None),
    });
    let (seen, tokens) = match material.await? {
        Some((seen, material)) => {
            let grant_id = material.grant_id();
            count::<P>(app, grant_id, seen)?;
            let refresh_token = presented.refresh_token(grant_id, app.rng());
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
        _ => Err(refuse("it was used before; what it bought is revoked")),
    }
}

/// Counts a use for its grant.
fn count<P: Presented>(app: &App, grant_id: GrantId, seen: Use) -> Result<(), OAuthError> {
    let Some(policy) = P::limit(seen) else { return Ok(()) };
    let counted = app.limiter().check_key(policy, Key::Grant(grant_id));
    counted.map_err(|seconds| OAuthError {
        description: "These tokens were refreshed too often. Try again later.".into(),
        ..OAuthError::too_many(seconds, format!("the grant has used too many: {policy:?}"))
    })
}

/// Several servers of one application presented it at the same moment, and another one was first.
fn do_not_count<P: Presented>(app: &App, grant_id: GrantId, seen: Use) {
    if let Some(policy) = P::limit(seen) {
        app.limiter().give_back(policy, Key::Grant(grant_id));
    }
}

/// What the write found.
#[derive(Debug)]
enum Settled {
    Replayed,
    Used(Use),
}

/// Uses it up and stores what it bought; or revokes that, when it was used before.
fn settle<P: Presented>(
    tx: &mut Tx<'_>,
    presented: &P,
    tokens: Option<&NewTokens>,
    replay: &AuditEvent,
) -> Result<Settled, OAuthError> {
    match (presented.find(tx)?, tokens) {
        (Found::Good(subject, _), Some(tokens)) => {
            presented.consume(tx, &subject)?;
            tokens.insert(tx)?;
            Ok(Settled::Used(Use::First))
        }
        (Found::Repeated(_), Some(tokens)) => {
            tokens.insert_access_token(tx)?;
            Ok(Settled::Used(Use::Repeated))
        }
        (Found::Good(subject, _) | Found::Repeated(subject) | Found::Replayed(subject), _) => {
            if grants::revoke(tx, subject.grant.id, replay.created_at)? {
                let user_id = Some(subject.grant.user_id);
                audit_events::insert(tx, &AuditEvent { user_id, ..replay.clone() })?;
            }
            Ok(Settled::Replayed)
        }
    }
}

/// Somebody who left the groups of a client gets no tokens for it, nor does a client that lost the API
/// that they are for, or that names another one.
pub(super) fn check_access(
    tx: &mut Tx<'_>,
    client: &Client,
    subject: &Subject,
    resource: Option<&Resource>,
) -> Result<(), OAuthError> {
    if !subject.may_use_client {
        return Err(refuse("the user may not use this client any more"));
    }
    check_resource(&subject.grant, resource)?;
    check_grant(tx, client, &subject.grant)
}

/// A refusal whose cause only the log learns.
pub(super) fn refuse(detail: &str) -> OAuthError {
    OAuthError::new(OAuthErrorCode::InvalidGrant, detail)
}
