//! What services cannot have or do.

use super::Refusal;
use crate::model::User;

/// Refuses what only people have: passkeys, codes, keys of the REST API, and the role of an administrator.
pub fn refuse_service(user: &User) -> Result<(), Refusal> {
    if user.is_service() { Err(Refusal::NotForServices(user.username.clone())) } else { Ok(()) }
}
