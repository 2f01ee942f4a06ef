//! What is read of a user for their claims: no more than was granted.

use crate::{
    model::{Claim, ClaimSet, ScopeToken},
    oidc::claims::UserClaims,
    store::{StoreError, Tx, custom_claims, grants::Subject, groups},
};

/// The claims about the user of a grant, for an ID token or UserInfo.
pub(super) fn find_user_claims(
    tx: &mut Tx<'_>,
    subject: &Subject,
    granted: ClaimSet,
    issuer: &str,
) -> Result<UserClaims, StoreError> {
    let Subject { grant, user, .. } = subject;
    let groups = match granted.contains(Claim::Groups) {
        true => groups::list_of_user(tx, user.id)?,
        false => Vec::new(),
    };
    // Most have none, and then it is no query.
    let custom = match subject.has_custom_claims && grant.scope.contains(&ScopeToken::Profile) {
        true => custom_claims::list_for_tokens(tx, user.id)?,
        false => Vec::new(),
    };
    Ok(UserClaims::of(user, &groups, granted, issuer).with_custom(&custom))
}
