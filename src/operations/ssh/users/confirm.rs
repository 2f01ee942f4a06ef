//! Confirming users.

use super::{Act, Refusal, SshRefusal};
use crate::{
    model::{EventKind, Timestamp, User, UserId},
    operations::{people_only::refuse_service, users},
    store::ssh_users,
};

/// The state of a user that an administrator looked at. Meanwhile they could have taken the name of an
/// account, or a stranger could have added another passkey.
#[derive(Debug, Clone)]
pub struct SeenSshUser {
    /// The username.
    pub username: String,
    /// Since when a passkey waits.
    pub held_at: Option<Timestamp>,
}

/// Notes that an administrator looked at the username of a user and at their passkeys: `{username}` is good
/// for this name from now on, a passkey that was added with a one-time code gets certificates, and so does
/// a user from whom they were taken. Refused when the administrator saw something else, and for services, which get no
/// certificates.
pub fn confirm(
    act: &mut Act<'_, '_>,
    id: UserId,
    seen: Option<&SeenSshUser>,
) -> Result<User, Refusal> {
    let user = users::require(act, id)?;
    refuse_service(&user)?;
    let known = ssh_users::find(act, id)?;
    if let Some(seen) = seen
        && (seen.username != user.username.as_str() || seen.held_at != known.held_at)
    {
        return Err(SshRefusal::UserChanged.into());
    }
    ssh_users::confirm(act, id, &user.username)?;
    let data = [("username", user.username.to_string())];
    act.audit(EventKind::SshUserConfirmed, id, data)?;
    Ok(user)
}
