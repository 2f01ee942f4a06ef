//! Verifying email addresses.

use super::{Act, Refusal, require};
use crate::{
    crypto::Digest,
    model::{
        EmailAddress, EventKind, Letter, Mail, MailRecipient, UserId, mail::VERIFICATION_SECONDS,
    },
    operations::Postbox,
    store::{
        email_verifications::{self, EmailVerification},
        users,
    },
};

/// The length of the token in the link (Pocket ID 2.14).
const TOKEN_LENGTH: usize = 32;

/// Mails a user a link that verifies their email address. It replaces the link from before. Returns
/// the address; refused for a user without one.
pub fn send_verification(
    act: &mut Act<'_, '_>,
    id: UserId,
    postbox: &Postbox,
) -> Result<EmailAddress, Refusal> {
    let user = require(act, id)?;
    let email = user.email.clone().ok_or(Refusal::NoEmail(user.username.clone()))?;
    let token = act.random_text(TOKEN_LENGTH);
    let now = act.now();
    let verification = EmailVerification {
        digest: Digest::of(token.expose()),
        email: email.clone(),
        expires_at: now.plus(VERIFICATION_SECONDS),
    };
    email_verifications::put(act, id, &verification)?;
    let letter = Letter::EmailVerification { token };
    postbox.post(act, &Mail { to: MailRecipient::of(&user, &email), letter }, now)?;
    Ok(email)
}

/// Verifies the email address of a user with the token of the link. `false` for a token that is
/// wrong or has expired, and when the address has changed since.
pub fn verify_email(act: &mut Act<'_, '_>, id: UserId, token: &str) -> Result<bool, Refusal> {
    let mut user = require(act, id)?;
    let now = act.now();
    let Some(found) = email_verifications::find(act, id, now)? else { return Ok(false) };
    let is_theirs = found.digest.constant_time_eq(&Digest::of(token));
    if !is_theirs || user.email.as_ref() != Some(&found.email) {
        return Ok(false);
    }
    email_verifications::delete(act, id)?;
    if !user.email_verified {
        user.email_verified = true;
        users::update(act, &user, now)?;
        act.audit(EventKind::AccountChanged, id, [("changed", "emailVerified".to_owned())])?;
    }
    Ok(true)
}
