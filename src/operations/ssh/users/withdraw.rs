//! Taking certificates from a user.

use super::{Act, Refusal};
use crate::{
    model::{EventKind, User, UserId},
    operations::{people_only::refuse_service, users},
    store::{ssh_certificates, ssh_users},
};

/// Gives a user no certificates until an administrator confirms them again, and revokes those that they have.
/// Nothing happens when that was done before. Refused for services, which get none.
pub fn withdraw(act: &mut Act<'_, '_>, id: UserId) -> Result<User, Refusal> {
    let user = users::require(act, id)?;
    refuse_service(&user)?;
    if ssh_users::find(act, id)?.withdrawn_at.is_some() {
        return Ok(user);
    }
    let now = act.now();
    ssh_users::withdraw(act, id, now)?;
    let revoked = ssh_certificates::revoke_of_user(act, id, now)?;
    let data = [("username", user.username.to_string()), ("certificates", revoked.to_string())];
    act.audit(EventKind::SshUserWithdrawn, id, data)?;
    Ok(user)
}
