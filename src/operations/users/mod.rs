//! Accounts.

mod create;
mod delete;
mod first_administrator;
mod invite;
mod last_administrator;
mod name_taken;
mod names;
mod picture;
mod static_administrator;
mod update;
mod verify_email;
mod welcome;

pub use create::{UserDraft, create, create_service};
pub use delete::{DeletedUser, delete, end_access};
pub use first_administrator::{FirstAdministrator, create_first_administrator};
pub use invite::{Invited, UserInvitation, invite};
pub use last_administrator::{LastAdministrator, refuse_last};
pub use name_taken::AccountNameTaken;
pub use names::refuse_taken;
pub use picture::{delete_picture, set_picture};
pub use static_administrator::{delete_static_administrator, ensure_static_administrator};
pub use update::{UpdatedUser, UserChange, free_names, set_disabled, update};
pub use verify_email::{send_verification, verify_email};
pub use welcome::{Welcome, welcome};

use super::{Act, Noun, Refusal};
use crate::{
    model::{User, UserId},
    store::{Tx, users},
};

/// Finds an account, or refuses with [`Refusal::NotFound`].
pub fn require(tx: &mut Tx<'_>, id: UserId) -> Result<User, Refusal> {
    users::find(tx, id)?.ok_or(Refusal::NotFound(Noun::User))
}
