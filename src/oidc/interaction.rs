//! What a user has to do before a client gets its answer (Pocket ID 2.14, OIDC Core §3.1.2.3).

use super::{AuthorizationRequest, OAuthError, OAuthErrorCode};
use crate::model::{Client, Scope, ScopeToken, Session, Step, Timestamp};

/// One hour: how long an interaction waits, in seconds.
pub const INTERACTION_SECONDS: i64 = 3_600;

/// Five minutes, in seconds: how long somebody may take for the steps that are left.
const GRACE_SECONDS: i64 = 300;

/// What is known of somebody who is signed in.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Their session.
    pub session: &'a Session,
    /// What they allowed this client before.
    pub consent: Option<&'a Scope>,
    /// When they last used a passkey for this request.
    pub reauthenticated_at: Option<Timestamp>,
}

/// The steps for somebody who is not signed in: what follows the first is only known after it.
pub fn steps_for_nobody(request: &AuthorizationRequest) -> Result<Vec<Step>, OAuthError> {
    match request.prompts.none {
        true => Err(OAuthError::new(OAuthErrorCode::LoginRequired, "prompt=none, not signed in")),
        false => Ok(vec![Step::Authenticate]),
    }
}

/// The steps for somebody who is signed in.
pub fn steps_for(
    request: &AuthorizationRequest,
    client: &Client,
    known: Known<'_>,
    now: Timestamp,
) -> Result<Vec<Step>, OAuthError> {
    // OIDC Core §3.1.2.2: nobody answers for the user that the client has in mind.
    if request.subject.is_some_and(|subject| subject != known.session.user_id) {
        return match request.prompts.none {
            true => {
                Err(OAuthError::new(OAuthErrorCode::LoginRequired, "prompt=none, another user"))
            }
            false => Ok(vec![Step::Authenticate]),
        };
    }
    let mut steps = Vec::new();
    if request.prompts.select_account {
        steps.push(Step::SelectAccount);
    }
    // A request without pages hears that consent is required.
    let for_consent = !request.prompts.none && consent_needs_passkey(request, client, known, now);
    if for_consent || needs_reauthentication(request, client, known, now) {
        steps.push(Step::Reauthenticate);
    }
    if needs_consent(request, client, known.consent) {
        steps.push(Step::Consent);
    }
    match (request.prompts.none, steps.first()) {
        (true, Some(Step::Consent)) => {
            Err(OAuthError::new(OAuthErrorCode::ConsentRequired, "prompt=none, no consent"))
        }
        (true, Some(_)) => {
            Err(OAuthError::new(OAuthErrorCode::LoginRequired, "prompt=none, sign-in too old"))
        }
        _ => Ok(steps),
    }
}

/// The time to state as `auth_time`: the latest proof of who it is.
pub fn auth_time(session: &Session, reauthenticated_at: Option<Timestamp>) -> Timestamp {
    reauthenticated_at.map_or(session.authenticated_at, |at| at.max(session.authenticated_at))
}

fn needs_reauthentication(
    request: &AuthorizationRequest,
    client: &Client,
    known: Known<'_>,
    now: Timestamp,
) -> bool {
    let wanted = request.prompts.login || client.requires_reauthentication;
    if wanted && known.reauthenticated_at.is_none() {
        return true;
    }
    // OIDC Core §3.1.2.1: max_age counts from the last active authentication.
    let age = now.seconds_since(auth_time(known.session, known.reauthenticated_at));
    match request.max_age {
        // A passkey used for this very request is fresh enough for any age, even zero; for a while.
        Some(max_age) if known.reauthenticated_at.is_some() => age >= max_age.max(GRACE_SECONDS),
        Some(max_age) => age >= max_age,
        None => false,
    }
}

/// Whether somebody has to use a passkey before they consent. What the client may do in their absence outlives the
/// session, and so a cookie that was stolen is not enough to allow it. What they allowed before, they allowed.
pub fn consent_needs_passkey(
    request: &AuthorizationRequest,
    client: &Client,
    known: Known<'_>,
    now: Timestamp,
) -> bool {
    let is_given = !request.reply_to.is_first_use && is_covered(request, known.consent);
    request.scope.contains(&ScopeToken::OfflineAccess)
        && !is_given
        && needs_consent(request, client, known.consent)
        && known.reauthenticated_at.is_none()
        && !known.session.is_recent(now)
}

fn is_covered(request: &AuthorizationRequest, consent: Option<&Scope>) -> bool {
    consent.is_some_and(|consent| consent.covers(&request.consent_scope()))
}

fn needs_consent(request: &AuthorizationRequest, client: &Client, consent: Option<&Scope>) -> bool {
    // The client has no address yet, and a stranger may have made up this one: only whoever sees
    // where they are sent can tell. What they allowed before was for another address.
    if request.reply_to.is_first_use {
        return true;
    }
    request.prompts.consent || (!is_covered(request, consent) && !client.skips_consent)
}
