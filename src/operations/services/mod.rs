//! Services: users that are no people.

mod check;
mod clients;
mod create;
mod update;

pub use clients::set_of_client;
pub use create::{ServiceDraft, create};
pub use update::{ServiceChange, update};

use super::{Act, Refusal};
use crate::{
    model::UserId,
    operations::users,
    store::{
        Tx,
        services::{self, Service},
    },
};

/// Finds a service. Refused for an account that is none.
pub fn require(tx: &mut Tx<'_>, id: UserId) -> Result<Service, Refusal> {
    let user = users::require(tx, id)?;
    match services::find(tx, id)? {
        Some(identity) if user.is_service() => Ok(Service { user, identity }),
        _ => Err(Refusal::NotAService(user.username)),
    }
}
