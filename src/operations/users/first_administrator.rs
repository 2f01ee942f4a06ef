//! Creating the first administrator.

use super::{Act, Refusal, UserDraft, create};
use crate::{
    model::{EventKind, User},
    store::{setup, ssh_users},
};

/// The first administrator.
#[derive(Debug)]
pub struct FirstAdministrator {
    /// The account.
    pub user: User,
    /// Whether there was an administrator before, since deleted or disabled.
    pub replaces: bool,
}

/// Creates the first administrator and closes the set-up. The caller checks whether the set-up is
/// open, since the terminal and the page do that differently.
pub fn create_first_administrator(
    act: &mut Act<'_, '_>,
    draft: &UserDraft,
) -> Result<FirstAdministrator, Refusal> {
    let replaces = setup::close(act)?;
    let user = create(act, draft, None)?;
    // The name of an administrator is given by an administrator.
    ssh_users::note_name(act, user.id, &user.username)?;
    if replaces {
        let data = [("username", user.username.to_string())];
        act.audit(EventKind::AdministratorReplaced, user.id, data)?;
    }
    Ok(FirstAdministrator { user, replaces })
}
