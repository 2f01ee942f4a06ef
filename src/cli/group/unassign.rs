//! `pocketid group unassign`

use super::{
    super::{
        context::Context,
        error::CliError,
        names::{find_group, find_user},
    },
    assign::GroupMembers,
};
use crate::operations::{Refusal, groups};

const EXAMPLES: &str = "\
Examples:
  pocketid group unassign staff alice bob
  pocketid group unassign staff alice --if-present";

/// Take users out of a group
///
/// All of them or none: one name that is wrong or not in the group, and nothing is changed. Clients
/// that are restricted to the group get no new tokens for these users. UserInfo and introspection
/// refuse their tokens at once; an API that verifies tokens itself accepts them until they expire.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Unassign {
    /// Name or id of the group
    #[arg(value_name = "GROUP")]
    group: String,
    /// Usernames, emails or ids
    #[arg(value_name = "USER", required = true)]
    users: Vec<String>,
    /// Skip users who are not in the group
    #[arg(long)]
    if_present: bool,
}

impl Unassign {
    pub fn run(self, ctx: &Context) -> Result<GroupMembers, CliError> {
        let (members, strangers) = ctx.act(ctx.existing_store()?, self, |act, command| {
            let now = act.now();
            let group = find_group(act, &command.group)?;
            let mut strangers = Vec::new();
            for name in &command.users {
                let user = find_user(act, name)?;
                if groups::remove_member(act, &group, user.id)? {
                    continue;
                }
                let username = user.username;
                if !command.if_present {
                    return Err(Refusal::NotInGroup { username, group: group.name }.into());
                }
                strangers.push(username.to_string());
            }
            Ok::<_, CliError>((GroupMembers::load(act, group, now)?, strangers))
        })?;
        for name in strangers {
            ctx.report().note(format!("{name} was not in {}.", members.group_name()));
        }
        Ok(members)
    }
}
