//! Accounts of hosts as commands show them, and how they are found.

use serde::Serialize;

use super::super::super::{
    context::Context, error::CliError, names::not_found, page::Page, report::Outcome,
};
use crate::{
    model::{
        SshAccount, SshAccountId, SshAccountName, app_config::UserSignups, view::SshAccountView,
    },
    store::{Tx, ssh_accounts},
};

/// An account of hosts.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct ShownSshAccount(pub SshAccountView);

/// Finds an account by its id or its name.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<SshAccount, CliError> {
    match find_opt(tx, name)? {
        Some(account) => Ok(account),
        None => Err(missing(tx, name)?),
    }
}

/// Like [`find`], but returns `None` if there is no such account.
pub fn find_opt(tx: &mut Tx<'_>, name: &str) -> Result<Option<SshAccount>, CliError> {
    if let Ok(id) = name.parse::<SshAccountId>() {
        return Ok(ssh_accounts::find(tx, id)?);
    }
    Ok(match name.parse() {
        Ok(account) => ssh_accounts::find_by_account(tx, &account)?,
        Err(_) => None,
    })
}

/// The error about an account that does not exist.
pub fn missing(tx: &mut Tx<'_>, name: &str) -> Result<CliError, CliError> {
    let all = ssh_accounts::list(tx)?;
    let names: Vec<_> = all.iter().map(|row| row.account.to_string()).collect();
    Ok(not_found("ssh account", name, &names, "pocketid ssh account create ACCOUNT --group GROUP"))
}

/// The users with access to an account, in words.
pub fn let_in(account: &SshAccountView) -> String {
    match account.group_names() {
        None => "everyone".to_owned(),
        Some(names) if names.is_empty() => "nobody".to_owned(),
        Some(names) => names.join(", "),
    }
}

/// Warns when `{username}` is worth nothing, since users choose their own.
pub fn warn_of_own_names(ctx: &Context, account: &SshAccountName) {
    let Ok(config) = ctx.app_config() else { return };
    if !account.is_own() {
        return;
    }
    if config.allow_own_account_edit() {
        ctx.report().warn(
            "users may change their username, and could take the name of any account: {username} \
             lets none of them in. To keep them from it: pocketid config set allowOwnAccountEdit \
             false",
        );
    }
    if config.allow_user_signups() != UserSignups::Disabled {
        ctx.report().warn(
            "users may sign up with a username of their choice: {username} lets nobody in while \
             they may. To keep them from it: pocketid config set allowUserSignups disabled",
        );
    }
}

impl Outcome for ShownSshAccount {
    fn write_text(&self, page: &mut Page) {
        let account = &self.0;
        page.fields(&[
            ("Account", account.account().to_string()),
            ("ID", account.id().to_string()),
            ("Lets in", let_in(account)),
        ]);
    }
}
