//! Settings of servers that can open the accounts of others: the directory of the users, and the mail server of
//! login codes.

use super::Asker;
use crate::{
    model::ConfigKey,
    server::http::ApiError,
    store::{StoreError, Tx, app_config, passkeys, users},
};

/// The settings that allow login codes by mail.
const MAILED_CODES: [ConfigKey; 2] = [
    ConfigKey::EmailOneTimeAccessAsAdminEnabled,
    ConfigKey::EmailOneTimeAccessAsUnauthenticatedEnabled,
];

/// Whether changed settings are about such a server, so that they want a passkey. Without codes by mail, the mail
/// server gets nothing that opens an account. Runs in the transaction that changed them.
///
/// Refuses an API key that would lead to signing in as an administrator with a passkey: by a code that is mailed
/// through another server, or to the address that another directory gives them.
pub(in crate::server) fn lead_in(
    tx: &mut Tx<'_>,
    asker: &Asker,
    changed: &[ConfigKey],
) -> Result<bool, ApiError> {
    let is_of_directory = changed.iter().any(|key| key.is_of_directory());
    let is_of_codes = changed.iter().any(|key| key.is_of_mailed_codes());
    if !is_of_directory && !is_of_codes {
        return Ok(false);
    }
    let mails_codes = mails_codes(tx)?;
    let is_key = matches!(asker, Asker::Program { .. });
    if mails_codes && is_key && has_guarded_administrator(tx)? {
        return Err(ApiError::key_not_allowed());
    }
    Ok(is_of_directory || mails_codes)
}

fn mails_codes(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    // Neither is a secret, so no key is needed to read them.
    let (config, _) = app_config::read_entries(&app_config::list(tx)?, None);
    Ok(MAILED_CODES.iter().any(|key| config.flag(*key)))
}

fn has_guarded_administrator(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    for user in users::list_all_administrators(tx)? {
        if !passkeys::list_of_user(tx, user.id)?.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}
