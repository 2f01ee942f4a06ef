//! Accounts of hosts as commands show them, and how they are found.

use serde::Serialize;

use super::super::super::{
    context::Context,
    error::CliError,
    names::not_found,
    page::{Page, open_to},
    report::Outcome,
};
use crate::{
    model::{SshAccount, SshAccountId, SshAccountName, view::SshAccountView},
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
    let (list, make) =
        ("pocketid ssh account list", "pocketid ssh account create ACCOUNT --group GROUP");
    Ok(not_found("ssh account", name, &names, list, make))
}

/// Says whom `{username}` lets in.
pub fn tell_of_own_names(ctx: &Context, account: &SshAccountName) {
    if account.is_own() {
        ctx.report().note(
            "{username} lets in users whose name an administrator, a directory or a SCIM token gave. For users who signed up \
             or changed theirs, and for those of earlier versions: pocketid ssh user confirm USER",
        );
    }
}

impl Outcome for ShownSshAccount {
    fn write_text(&self, page: &mut Page) {
        let account = &self.0;
        page.fields(&[
            ("Account", account.account().to_string()),
            ("ID", account.id().to_string()),
            ("Lets in", open_to(account.group_names())),
        ]);
    }
}
