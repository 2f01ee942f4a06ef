//! Finds emails that applications may not accept.

use super::{Finding, Surroundings};
use crate::store::{StoreError, users};

/// Warns of unverified emails: with `email_verified: false`, oauth2-proxy, Vaultwarden, Mealie,
/// Headscale and Audiobookshelf refuse users, or can be set to.
pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(store) = around.store() else { return Ok(Vec::new()) };
    let emails = store.read_blocking(users::count_emails)?;
    Ok(match (emails.all, emails.unverified, emails.first_unverified) {
        (0, ..) => Vec::new(),
        (all, unverified, Some(name)) if unverified > 0 => vec![Finding::warning(
            format!(
                "{unverified} of {all} emails are not verified: applications such as oauth2-proxy, \
                 Vaultwarden and Mealie may refuse these people"
            ),
            format!(
                "if they are right: pocketid user update {name} --email-verified; for new emails: \
                 pocketid config set emailsVerified true"
            ),
        )],
        (all, ..) => vec![Finding::ok(format!("all {all} emails are verified"))],
    })
}
