//! Settings of servers that can open the accounts of others: the directory of the users, and the mail server of
//! login codes.

use super::fresh_passkey::{AccountCaller, AccountChange};
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

/// Allows or refuses changed settings, in the transaction that changed them: they want a passkey if they are about
/// such a server.
pub(in crate::server) fn allow_settings(
    tx: &mut Tx<'_>,
    asker: &AccountCaller,
    changed: &[ConfigKey],
) -> Result<(), ApiError> {
    keep_settings_from_keys(tx, asker, changed)?;
    if leads_in(tx, changed)? {
        AccountChange::ChangeTrustedServer.allow(tx, asker)?;
    }
    Ok(())
}

/// Refuses an API key that would lead to signing in as an administrator with a passkey: by a code that is mailed
/// through another server, or to the address that another directory gives them.
pub(in crate::server) fn keep_settings_from_keys(
    tx: &mut Tx<'_>,
    asker: &AccountCaller,
    changed: &[ConfigKey],
) -> Result<(), ApiError> {
    let is_key = matches!(asker, AccountCaller::Program { .. });
    if is_key && leads_in(tx, changed)? && mails_codes(tx)? && has_guarded_administrator(tx)? {
        return Err(ApiError::key_not_allowed());
    }
    Ok(())
}

/// Whether changed settings are about such a server. Without codes by mail, the mail server
/// gets nothing that opens an account.
pub(in crate::server) fn leads_in(
    tx: &mut Tx<'_>,
    changed: &[ConfigKey],
) -> Result<bool, StoreError> {
    let is_of_directory = changed.iter().any(|key| key.is_of_directory());
    let is_of_codes = changed.iter().any(|key| key.is_of_mailed_codes());
    Ok(is_of_directory || is_of_codes && mails_codes(tx)?)
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
