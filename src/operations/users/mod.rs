//! Accounts.

mod create;
mod delete;
mod first_administrator;
mod last_administrator;
mod names;
mod update;

pub use create::{UserDraft, create};
pub use delete::{DeletedUser, delete, end_access};
pub use first_administrator::{FirstAdministrator, create_first_administrator};
pub use last_administrator::{LastAdministrator, refuse_last};
pub use names::{AccountNameTaken, refuse_taken};
pub use update::{UpdatedUser, UserChange, free_names, set_disabled, update};

use super::{Act, Noun, Refusal};
use crate::{
    model::{User, UserId},
    store::users,
};

/// Finds an account that a verb is about.
fn require(act: &mut Act<'_, '_>, id: UserId) -> Result<User, Refusal> {
    users::find(act, id)?.ok_or(Refusal::NotFound(Noun::User))
}
