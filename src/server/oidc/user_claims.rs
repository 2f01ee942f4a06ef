//! Reads the user data for claims: no more than was granted.

use crate::{
    model::{Claim, ClaimSet, Timestamp},
    oidc::{
        claims::UserClaims,
        custom_claims::{self, needs_user_claims},
    },
    store::{self, StoreError, Tx, grants::Subject, groups},
};

/// The issuer and the time of claims.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClaimsAt<'a> {
    /// The issuer identifier.
    pub(super) issuer: &'a str,
    /// The current time. Memberships that have ended by then do not count.
    pub(super) now: Timestamp,
}

/// The claims about the user of a grant, for an ID token or UserInfo.
pub(super) fn find_user_claims(
    tx: &mut Tx<'_>,
    subject: &Subject,
    granted: ClaimSet,
    at: ClaimsAt<'_>,
) -> Result<UserClaims, StoreError> {
    let Subject { grant, user, has_custom_claims, claim_rules, .. } = subject;
    let groups = if granted.contains(Claim::Groups) {
        groups::list_of_user(tx, user.id, at.now)?
    } else {
        Vec::new()
    };
    // Most users have no custom claims; then this query is skipped.
    let of_user = if *has_custom_claims && needs_user_claims(&grant.scope, claim_rules) {
        store::custom_claims::list_for_tokens(tx, user.id, at.now)?
    } else {
        Vec::new()
    };
    let custom = custom_claims::granted(&grant.scope, claim_rules, &of_user);
    Ok(UserClaims::of(user, &groups, granted, at.issuer).with_custom(custom))
}
