//! Changes of accounts and groups over SCIM. The rules of administrators apply, and two more:
//! administrators are not changed, and each program has external ids of its own (`externalId`).

mod external_id;
mod groups;
mod users;

pub use groups::{
    MemberEdit, ScimGroupChange, ScimGroupDraft, create_group, delete_group, edit_members,
    update_group,
};
pub use users::{
    ScimUserChange, ScimUserDraft, create_user, delete_user, end_access_of_user, update_user,
};

use super::{Act, Refusal};
