//! `pocketid ssh account update`

use super::{
    super::super::{context::Context, error::CliError, names::find_groups},
    shown::{ShownSshAccount, find, tell_of_own_names},
};
use crate::{
    model::SshAccountName,
    operations::{
        Change,
        ssh::accounts::{self as operations, SshAccountChange},
    },
};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh account update root --group admins --group oncall
  pocketid ssh account update guest --everyone";

/// Change the groups of an account of hosts
///
/// --group replaces all groups. Certificates of users without access are revoked.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    override_usage = "pocketid ssh account update [OPTIONS] <ACCOUNT>",
    group = clap::ArgGroup::new("change").required(true).multiple(true).args(["new_account", "groups", "everyone"])
)]
pub struct Update {
    /// Account or id
    #[arg(value_name = "ACCOUNT")]
    account: String,
    /// New account
    #[arg(long = "account", value_name = "ACCOUNT")]
    new_account: Option<SshAccountName>,
    /// Let in only members of this group; repeat for several
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Let in everyone
    #[arg(long, conflicts_with = "groups")]
    everyone: bool,
}

impl Update {
    pub fn run(self, ctx: &Context) -> Result<ShownSshAccount, CliError> {
        let restricted = (!self.groups.is_empty()).then_some(false);
        let change = SshAccountChange {
            account: self.new_account.into(),
            is_for_everyone: restricted.or(self.everyone.then_some(true)).into(),
            groups: Change::Keep,
        };
        let input = (self.account, change, self.groups);
        let view = ctx.act(ctx.existing_store()?, input, |act, (name, change, groups)| {
            let before = find(act, name)?;
            let mut change = change.clone();
            if !groups.is_empty() {
                let ids = find_groups(act, groups)?.iter().map(|group| group.id).collect();
                change.groups = Change::Set(ids);
            }
            let account = operations::update(act, before.id, &change)?;
            Ok::<_, CliError>(operations::shown(act, &account)?)
        })?;
        tell_of_own_names(ctx, view.account());
        Ok(ShownSshAccount(view))
    }
}
