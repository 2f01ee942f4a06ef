//! Finds an initial access token.

use super::super::super::{
    error::CliError,
    names::{meant, not_found},
};
use crate::{
    model::RegistrationToken,
    store::{Tx, registration_tokens},
};

/// Finds a token by id or name; `None` if there is none.
pub fn find_opt(tx: &mut Tx<'_>, name: &str) -> Result<Option<RegistrationToken>, CliError> {
    let all = registration_tokens::list(tx)?;
    let id = name.parse().ok();
    let found = meant(&all, |token| Some(token.id) == id, |token| token.name.as_str() == name);
    Ok(found.first().map(|token| (*token).clone()))
}

/// The error about a token that does not exist.
pub fn missing(tx: &mut Tx<'_>, name: &str) -> Result<CliError, CliError> {
    let names = registration_tokens::list(tx)?.into_iter().map(|token| token.name.to_string());
    let list = "pocketid registration token list";
    let make = "pocketid registration token create NAME";
    Ok(not_found("registration token", name, &names.collect::<Vec<_>>(), list, make))
}
