//! `pocketid ssh account delete`

use serde::Serialize;

use super::{
    super::super::{
        context::Context,
        error::CliError,
        removal::{self, Removal, RemovalOptions},
        removed::Removed,
    },
    shown::{find_opt, missing},
};
use crate::{
    model::{SshAccount, SshAccountId, SshAccountName},
    operations::ssh::accounts,
    store::{Store, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh account delete root@db1
  pocketid ssh account delete root@db1 --yes --if-present";

/// Close an account of hosts
///
/// Certificates that are valid for it are revoked. On a terminal the command asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Delete {
    /// Account or id
    #[arg(value_name = "ACCOUNT")]
    account: String,
    #[command(flatten)]
    options: RemovalOptions,
}

/// The account that is closed.
#[derive(Debug, Serialize)]
pub struct GoneAccount {
    id: SshAccountId,
    account: SshAccountName,
}

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneAccount>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Delete {
    type Thing = SshAccount;
    type Gone = GoneAccount;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<SshAccount>, CliError> {
        find_opt(tx, &self.account)
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        missing(tx, &self.account)
    }

    fn consequence(&self, account: &SshAccount) -> String {
        format!("This revokes every certificate that is valid for {}.", account.account)
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        account: SshAccount,
    ) -> Result<GoneAccount, CliError> {
        ctx.act(store, account.id, |act, id| accounts::delete(act, *id))?;
        ctx.report().note(format!("{} is closed.", account.account));
        Ok(GoneAccount { id: account.id, account: account.account })
    }
}
