//! `pocketid ssh account create`

use super::{
    super::super::{context::Context, error::CliError, names::find_groups},
    shown::{ShownSshAccount, tell_of_own_names},
};
use crate::{
    model::SshAccountName,
    operations::ssh::accounts::{self as operations, SshAccountDraft},
    store::ssh_accounts,
};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh account create root --group admins
  pocketid ssh account create postgres@db1 --group dba
  pocketid ssh account create '{username}' --group staff";

/// Open an account of hosts to groups
///
/// root is the account root on every host, root@db1 the one on hosts with `pocketid ssh principals --host db1`, and
/// {username} the account with the own name of a user.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    group = clap::ArgGroup::new("whom").required(true).args(["groups", "everyone"])
)]
pub struct Create {
    /// Account: root, root@db1 or {username}
    #[arg(value_name = "ACCOUNT")]
    account: SshAccountName,
    /// Let in members of this group; repeat for several
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Let in everyone
    #[arg(long)]
    everyone: bool,
    /// Do nothing when the account exists
    #[arg(long)]
    if_absent: bool,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<ShownSshAccount, CliError> {
        let (if_absent, is_for_everyone) = (self.if_absent, self.everyone);
        let input = (self.account.clone(), self.groups);
        let (view, is_new) =
            ctx.act(ctx.existing_store()?, input, move |act, (account, groups)| {
                if if_absent && let Some(found) = ssh_accounts::find_by_account(act, account)? {
                    return Ok::<_, CliError>((operations::shown(act, &found)?, false));
                }
                let groups = find_groups(act, groups)?.iter().map(|group| group.id).collect();
                let account = account.clone();
                let draft = SshAccountDraft { account, is_for_everyone, groups };
                let created = operations::create(act, &draft)?;
                Ok((operations::shown(act, &created)?, true))
            })?;
        if !is_new {
            ctx.report().note(format!("{} exists already; nothing was changed.", self.account));
        }
        tell_of_own_names(ctx, &self.account);
        Ok(ShownSshAccount(view))
    }
}
