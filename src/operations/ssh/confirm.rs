//! Confirming users.

use super::{Act, Refusal};
use crate::{
    model::{EventKind, User, UserId},
    operations::users,
    store::ssh_users,
};

/// Notes that an administrator looked at the username of a user and at their passkeys: `{username}` is good
/// for this name from now on, and a passkey that was added with a one-time code gets certificates.
pub fn confirm_user(act: &mut Act<'_, '_>, id: UserId) -> Result<User, Refusal> {
    let user = users::require(act, id)?;
    ssh_users::confirm(act, id, &user.username)?;
    let data = [("username", user.username.to_string())];
    act.audit(EventKind::SshUserConfirmed, id, data)?;
    Ok(user)
}
