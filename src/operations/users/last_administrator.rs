//! Protection of the last administrator who can sign in.

use super::{Act, Refusal};
use crate::{
    model::{User, UserId},
    store::{StoreError, Tx, setup, users},
};

/// Policy for a change that would remove the last administrator who can sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastAdministrator {
    /// The change is refused.
    Stays,
    /// The change is intended and opens the set-up again.
    MayGo,
    /// The caller checks at the end of its transaction, which may create other administrators.
    IsCheckedLater,
}

/// Refuses when this user is the only administrator who can sign in.
pub fn refuse_last(tx: &mut Tx<'_>, user: &User) -> Result<(), Refusal> {
    if is_last(tx, user)? { Err(Refusal::LastAdministrator(user.username.clone())) } else { Ok(()) }
}

/// Applies the policy before a user loses the administrator role. `true` when it was the last
/// administrator. Must be called before the change.
pub(super) fn let_go(
    act: &mut Act<'_, '_>,
    user: &User,
    policy: LastAdministrator,
) -> Result<bool, Refusal> {
    match policy {
        LastAdministrator::Stays => refuse_last(act, user)?,
        LastAdministrator::MayGo if is_last(act, user)? => {
            let seed = act.random();
            setup::reopen(act, &seed)?;
            return Ok(true);
        }
        LastAdministrator::MayGo | LastAdministrator::IsCheckedLater => {}
    }
    Ok(false)
}

fn is_last(tx: &mut Tx<'_>, user: &User) -> Result<bool, StoreError> {
    let is_one = user.is_admin && !user.disabled && user.id != UserId::STATIC;
    Ok(is_one && !users::other_enabled_administrator_exists(tx, user.id)?)
}
