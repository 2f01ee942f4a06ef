//! Resolves a typed name to one passkey of a user.

use super::super::{error::CliError, names::meant};
use crate::{
    model::{Passkey, User, near},
    store::{StoreError, Tx, passkeys},
};

/// Finds a passkey by id, or by name if the name is unique among the user's passkeys.
pub fn find_passkey(tx: &mut Tx<'_>, user: &User, name: &str) -> Result<Passkey, CliError> {
    match find_passkey_opt(tx, user, name)? {
        Some(passkey) => Ok(passkey),
        None => Err(no_passkey(tx, user, name)?),
    }
}

/// Like [`find_passkey`], but returns `None` if the user has no such passkey.
pub fn find_passkey_opt(
    tx: &mut Tx<'_>,
    user: &User,
    name: &str,
) -> Result<Option<Passkey>, CliError> {
    let passkeys = passkeys::list_of_user(tx, user.id)?;
    match &meant_by(&passkeys, name)[..] {
        [] => Ok(None),
        [passkey] => Ok(Some((*passkey).clone())),
        several => {
            let ids: Vec<_> = several.iter().map(|passkey| passkey.id.to_string()).collect();
            let message = format!("{} passkeys of {} match \"{name}\"", ids.len(), user.username);
            let hint = format!("give the id of the one you mean: {}", ids.join(", "));
            Err(CliError::refused(message).hint(hint))
        }
    }
}

/// The error about a passkey that the user does not have.
pub fn no_passkey(tx: &mut Tx<'_>, user: &User, name: &str) -> Result<CliError, StoreError> {
    let passkeys = passkeys::list_of_user(tx, user.id)?;
    let names: Vec<_> = passkeys.iter().map(|passkey| passkey.name.to_string()).collect();
    let error = CliError::refused(format!("{} has no passkey \"{name}\"", user.username));
    Ok(match near(name, &names)[..] {
        [] => error.hint(format!("to list them: pocketid passkey list {}", user.username)),
        ref near => error.hint(format!("did you mean {}?", near.join(" or "))),
    })
}

fn meant_by<'a>(passkeys: &'a [Passkey], name: &str) -> Vec<&'a Passkey> {
    let id = name.parse().ok();
    meant(passkeys, |passkey| Some(passkey.id) == id, |passkey| passkey.name.as_str() == name)
}
