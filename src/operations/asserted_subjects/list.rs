//! Listing the subjects that stand for a user.

use super::Refusal;
use crate::{
    model::{AssertedSubject, UserId},
    operations::users,
    store::{Tx, asserted_subjects},
};

/// Lists the subjects that stand for a user, by issuer; at most [`asserted_subjects::MAX_LISTED`].
pub fn list(tx: &mut Tx<'_>, user_id: UserId) -> Result<Vec<AssertedSubject>, Refusal> {
    users::require(tx, user_id)?;
    Ok(asserted_subjects::list_of_user(tx, user_id, asserted_subjects::MAX_LISTED)?)
}
