//! One-time access codes, which sign a user in once without a passkey.

use super::{Act, Noun, Refusal, people_only::refuse_service};
use crate::{
    crypto::{CodeDigest, CodeKey, Digest},
    model::{EventKind, Timestamp, User, UserId, one_time_access_token::OneTimeAccessToken},
    store::one_time_access_tokens::{self, NewOneTimeCode},
};

/// A one-time access code to create.
#[derive(Debug, Clone)]
pub struct OneTimeAccessDraft {
    /// The digest of the code.
    pub digest: CodeDigest,
    /// Its lifetime in seconds.
    pub seconds: i64,
    /// The digest of the cookie of the only browser in which it works; any browser without one.
    pub browser: Option<Digest>,
}

impl OneTimeAccessDraft {
    /// The draft of a code that works for `seconds` in any browser.
    pub fn of(code: &OneTimeAccessToken, seconds: i64, key: &CodeKey) -> Self {
        Self { digest: code.digest(key), seconds, browser: None }
    }
}

/// Stores a code for a user and returns its expiry. Refused while the user is disabled, since the
/// code would not work.
pub fn create(
    act: &mut Act<'_, '_>,
    user: &User,
    draft: &OneTimeAccessDraft,
) -> Result<Timestamp, Refusal> {
    if user.id == UserId::STATIC {
        // No person belongs to the account of `STATIC_API_KEY`.
        return Err(Refusal::NotFound(Noun::User));
    }
    refuse_service(user)?;
    if user.disabled {
        return Err(Refusal::UserDisabled(user.username.clone()));
    }
    let created_at = act.now();
    let expires_at = created_at.plus(draft.seconds);
    let code = NewOneTimeCode {
        id: act.new_id(),
        digest: draft.digest,
        user_id: user.id,
        created_at,
        expires_at,
        browser: draft.browser,
    };
    one_time_access_tokens::insert(act, &code)?;
    let data = [("expiresAt", expires_at.to_string())];
    act.audit(EventKind::OneTimeAccessTokenCreated, user.id, data)?;
    Ok(expires_at)
}
