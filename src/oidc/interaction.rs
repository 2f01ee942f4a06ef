//! The steps of a user before a client gets its response (Pocket ID 2.14, OIDC Core §3.1.2.3).

use super::{AuthorizationRequest, OAuthError, OAuthErrorCode, code_exchange::CODE_SECONDS};
use crate::model::{Client, Scope, ScopeToken, Session, Step, Timestamp};

/// Lifetime of an interaction in seconds: one hour.
pub const INTERACTION_SECONDS: i64 = 3_600;

/// Time for the remaining steps after the passkey was used, in seconds: five minutes.
const GRACE_SECONDS: i64 = 300;

/// The known facts about a signed-in user.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Their session.
    pub session: &'a Session,
    /// The stored consent to this client.
    pub consent: Option<&'a Scope>,
    /// When they last used a passkey for this request.
    pub reauthenticated_at: Option<Timestamp>,
}

/// The steps of a visitor without a session. Later steps are determined after the sign-in.
pub fn steps_for_nobody(request: &AuthorizationRequest) -> Result<Vec<Step>, OAuthError> {
    if request.prompts.none {
        Err(OAuthError::new(OAuthErrorCode::LoginRequired, "prompt=none, not signed in"))
    } else {
        Ok(vec![Step::Authenticate])
    }
}

/// The steps of a signed-in user.
pub fn steps_for(
    request: &AuthorizationRequest,
    client: &Client,
    known: Known<'_>,
    now: Timestamp,
) -> Result<Vec<Step>, OAuthError> {
    // OIDC Core §3.1.2.2: the session belongs to another user than the client requires.
    if request.subject.is_some_and(|subject| subject != known.session.user_id) {
        return if request.prompts.none {
            Err(OAuthError::new(OAuthErrorCode::LoginRequired, "prompt=none, another user"))
        } else {
            Ok(vec![Step::Authenticate])
        };
    }
    let mut steps = Vec::new();
    if request.prompts.select_account {
        steps.push(Step::SelectAccount);
    }
    // With `prompt=none` the error is `consent_required`.
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

/// The value of `auth_time`: the last authentication of the user.
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
    let auth_time = auth_time(known.session, known.reauthenticated_at);
    if is_too_old(client, auth_time, now) {
        return true;
    }
    let age = now.seconds_since(auth_time);
    match request.max_age {
        // A passkey used for this request satisfies any max_age, even zero, for the grace period.
        Some(max_age) if known.reauthenticated_at.is_some() => age >= max_age.max(GRACE_SECONDS),
        Some(max_age) => age >= max_age,
        None => false,
    }
}

/// Whether an authentication is too old for the client, or will be before the client has redeemed its code: the
/// application would show an error then, where a passkey helps.
pub fn is_too_old(client: &Client, auth_time: Timestamp, now: Timestamp) -> bool {
    client.session_ends_at(auth_time) <= now.plus(CODE_SECONDS)
}

/// Whether the user must use the passkey before giving consent. Offline access outlives the
/// session, so a stolen cookie must not be enough to allow it. An existing consent needs no
/// passkey.
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
    // The client has no redirect URI yet, and an attacker may have supplied this one. Only the user
    // can recognise it, on the consent page. An earlier consent was for another URI.
    if request.reply_to.is_first_use {
        return true;
    }
    request.prompts.consent
        || (!is_covered(request, consent) && (!client.skips_consent || client.describes_itself()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::ClientType,
        oidc::{claims::ID_TOKEN_SECONDS, refresh::check_session_age},
    };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    fn client(max_session_age_seconds: Option<i64>) -> Client {
        let (id, name) = ("web".parse().unwrap(), "Web".parse().unwrap());
        let client = Client::new(id, name, ClientType::Confidential, at(0));
        Client { max_session_age_seconds, ..client }
    }

    #[test]
    fn a_sign_in_is_too_old_a_minute_before_its_tokens_would_end() {
        let demanding = client(Some(600));
        assert_eq!(demanding.session_ends_at(at(100)), at(700));
        assert!(!is_too_old(&demanding, at(100), at(700 - CODE_SECONDS - 1)));
        assert!(is_too_old(&demanding, at(100), at(700 - CODE_SECONDS)));
        assert!(!is_too_old(&client(None), at(0), at(i64::MAX - 2 * ID_TOKEN_SECONDS)));
    }

    #[test]
    fn tokens_end_at_the_very_second() {
        let grant = |auth_time| crate::model::Grant {
            id: crate::model::GrantId(uuid::Uuid::nil()),
            client_id: "web".parse().unwrap(),
            user_id: crate::model::UserId(uuid::Uuid::nil()),
            session_id: crate::model::SessionId(uuid::Uuid::nil()),
            scope: Scope::parse("openid"),
            resource: None,
            claims: crate::model::RequestedClaims::default(),
            auth_time,
            amr: crate::model::Amr::Passkey,
            requested_at: at(0),
            created_at: at(0),
            expires_at: at(0),
            revoked_at: None,
        };
        let demanding = client(Some(600));
        assert!(check_session_age(&grant(at(100)), &demanding, at(699)).is_ok());
        let refused = check_session_age(&grant(at(100)), &demanding, at(700)).unwrap_err();
        assert_eq!(refused.code, OAuthErrorCode::InvalidGrant);
        assert!(check_session_age(&grant(at(100)), &client(None), at(i64::MAX - 1)).is_ok());
    }
}
