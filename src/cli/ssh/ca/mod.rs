//! `pocketid ssh ca`

mod activate;
mod key_list;
mod lines;
mod remove;
mod rotate;

pub use key_list::KeyList;

use super::super::{context::Context, error::CliError};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh ca
  pocketid ssh ca --only user-ca > /etc/ssh/pocketid_user_ca.pub
  pocketid ssh ca --host db1 --only sshd
  pocketid ssh ca rotate user
  pocketid ssh ca list";

/// Print the lines for hosts, or manage the keys of the authorities
///
/// Prints the keys that sign certificates, and the lines to paste: for sshd_config, for known_hosts, and for a timer that
/// fetches the revocation list.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES, args_conflicts_with_subcommands = true)]
pub struct Ca {
    #[command(subcommand)]
    command: Option<CaCommand>,
    #[command(flatten)]
    lines: lines::Lines,
}

#[derive(Debug, clap::Subcommand)]
enum CaCommand {
    List(key_list::List),
    Rotate(rotate::Rotate),
    Activate(activate::Activate),
    #[command(visible_alias = "delete")]
    Remove(remove::Remove),
}

impl Ca {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        match self.command {
            None => ctx.report().result(&self.lines.run(ctx)?),
            Some(CaCommand::Activate(activate)) => ctx.report().result(&activate.run(ctx)?),
            Some(CaCommand::List(list)) => ctx.report().result(&list.run(ctx)?),
            Some(CaCommand::Remove(remove)) => ctx.report().result(&remove.run(ctx)?),
            Some(CaCommand::Rotate(rotate)) => ctx.report().result(&rotate.run(ctx)?),
        }
    }
}
