//! The account of requests authenticated with `STATIC_API_KEY`.

use super::{Act, LastAdministrator, Refusal, UserDraft, create::create_any, delete};
use crate::{
    model::{User, UserId, Username},
    store::users,
};

/// The reason for the account in the audit log.
const REASON: (&str, &str) = ("reason", "STATIC_API_KEY");

/// Finds the account, or creates it as an administrator with this username.
pub fn ensure_static_administrator(
    act: &mut Act<'_, '_>,
    username: &Username,
) -> Result<User, Refusal> {
    match users::find(act, UserId::STATIC)? {
        Some(user) if user.is_admin && !user.disabled => return Ok(user),
        // An earlier version let others have this id.
        Some(_) => {
            delete(act, UserId::STATIC, LastAdministrator::Stays)?;
        }
        None => {}
    }
    let name = "Static API User";
    let draft = UserDraft {
        id: Some(UserId::STATIC),
        first_name: name.parse().expect("a name"),
        display_name: Some(name.parse().expect("a name")),
        is_admin: true,
        ..UserDraft::new(username.clone())
    };
    create_any(act, &draft, Some((REASON.0, REASON.1.to_owned())))
}

/// Deletes the account, since `STATIC_API_KEY` is not set any more.
pub fn delete_static_administrator(act: &mut Act<'_, '_>) -> Result<(), Refusal> {
    if users::find(act, UserId::STATIC)?.is_some() {
        delete(act, UserId::STATIC, LastAdministrator::Stays)?;
    }
    Ok(())
}
