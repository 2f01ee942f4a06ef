//! Deleting an account.

use super::{
    Act, LastAdministrator, Refusal,
    last_administrator::{let_go, refuse_last},
    require,
    update::end_everything,
};
use crate::{
    model::{Concerned, EventKind, User, UserId},
    store::users,
};

/// An account that was deleted.
#[derive(Debug)]
pub struct DeletedUser {
    /// The account as it was.
    pub user: User,
    /// Whether the last administrator who may sign in is gone: the set-up is open.
    pub was_last_administrator: bool,
}

/// Ends everything that lets a user in or acts for them, and notes which clients are told. A deletion begins with it:
/// what an account leaves behind may be much, and is then deleted in batches (`store::batches`) before the account.
pub fn end_access(
    act: &mut Act<'_, '_>,
    id: UserId,
    last_administrator: LastAdministrator,
) -> Result<(), Refusal> {
    let user = require(act, id)?;
    if last_administrator == LastAdministrator::Stays {
        refuse_last(act, &user)?;
    }
    end_everything(act, id)
}

/// Deletes an account, with its passkeys, sessions, grants, tokens and keys. Its audit entries stay.
pub fn delete(
    act: &mut Act<'_, '_>,
    id: UserId,
    last_administrator: LastAdministrator,
) -> Result<DeletedUser, Refusal> {
    let user = require(act, id)?;
    let was_last_administrator = let_go(act, &user, last_administrator)?;
    end_everything(act, id)?;
    users::delete(act, id)?;
    // The entry outlives the account, so it names it in words.
    let concerned = Concerned { user_id: None, object_id: Some(id.to_string()) };
    let data = [("userID", id.to_string()), ("username", user.username.to_string())];
    act.audit(EventKind::AccountDeleted, concerned, data)?;
    Ok(DeletedUser { user, was_last_administrator })
}
