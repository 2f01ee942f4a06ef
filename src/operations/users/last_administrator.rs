//! The last administrator who may sign in goes on purpose only.

use super::{Act, Refusal};
use crate::{
    model::{User, UserId},
    store::{StoreError, Tx, setup, users},
};

/// What is to happen when the last administrator who may sign in would go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LastAdministrator {
    /// It is refused.
    Stays,
    /// It is meant: the set-up opens again.
    MayGo,
    /// The caller checks at the end of its transaction, in which others may become administrators.
    IsCheckedLater,
}

/// Refuses when nobody but this user may administer and sign in.
pub fn refuse_last(tx: &mut Tx<'_>, user: &User) -> Result<(), Refusal> {
    match is_last(tx, user)? {
        true => Err(Refusal::LastAdministrator(user.username.clone())),
        false => Ok(()),
    }
}

/// Lets somebody take away what makes this user an administrator. `true` when it was the last one. It has to be
/// called before the change.
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
