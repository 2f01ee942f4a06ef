//! `pocketid group unassign`

use super::{
    super::{
        context::Context,
        error::CliError,
        names::{find_group, find_user},
    },
    assign::Members,
};
use crate::{
    model::EventKind,
    store::{audit_events, groups},
};

const EXAMPLES: &str = "\
Examples:
  pocketid group unassign staff alice bob
  pocketid group unassign staff alice --if-present";

/// Take users out of a group
///
/// All of them or none: one name that is wrong or not in the group, and nothing is changed. Clients that
/// are open to the group only give them no new tokens; those that they have end by themselves.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Unassign {
    /// Name or id of the group
    #[arg(value_name = "GROUP")]
    group: String,
    /// User names, e-mail addresses or ids
    #[arg(value_name = "USER", required = true)]
    users: Vec<String>,
    /// Pass over those who are not in the group
    #[arg(long)]
    if_present: bool,
}

impl Unassign {
    pub fn run(self, ctx: &Context) -> Result<Members, CliError> {
        // One event for each that is taken out; how many these are, only the transaction knows.
        let kind = EventKind::GroupMembersRemoved;
        let events: Vec<_> = self.users.iter().map(|_| ctx.event(kind, None, [])).collect();
        let (members, strangers) = ctx.existing_store()?.write_blocking(move |tx| {
            let group = find_group(tx, &self.group)?;
            let (mut strangers, mut events) = (Vec::new(), events.clone());
            for name in &self.users {
                let user = find_user(tx, name)?;
                match groups::delete_member(tx, group.id, user.id)? {
                    true => {
                        let mut event = events.pop().expect("there is one for each user");
                        event.user_id = Some(user.id);
                        event.data.insert("groupName", group.name.to_string());
                        audit_events::insert(tx, &event)?;
                    }
                    false if self.if_present => strangers.push(user.username.to_string()),
                    false => {
                        let message = format!("{} is not in {}", user.username, group.name);
                        return Err(CliError::refused(message)
                            .hint("add --if-present to pass over those who are not in it"));
                    }
                }
            }
            Ok::<_, CliError>((Members::load(tx, group)?, strangers))
        })?;
        for name in strangers {
            ctx.report().note(format!("{name} was not in {}.", members.group_name()));
        }
        Ok(members)
    }
}
