//! `pocketid group create`

use super::{
    super::{context::Context, error::CliError},
    assign::GroupMembers,
};
use crate::{
    model::{FriendlyName, GroupName},
    operations::groups::{self as operations, GroupDraft},
    store::groups,
};

const EXAMPLES: &str = "\
Examples:
  pocketid group create staff
  pocketid group create staff --friendly-name \"People who work here\" --if-absent";

/// Create a group
///
/// Its name stands in the `groups` claim that applications get. Clients can be restricted to
/// groups with `pocketid client create --group`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Name in the groups claim
    #[arg(value_name = "NAME")]
    name: GroupName,
    /// Display name; the name unless given
    #[arg(long, value_name = "NAME")]
    friendly_name: Option<FriendlyName>,
    /// Do nothing when there is a group of this name already
    #[arg(long)]
    if_absent: bool,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<GroupMembers, CliError> {
        let friendly_name = match self.friendly_name {
            Some(friendly_name) => friendly_name,
            None => self.name.as_str().parse().map_err(|error| {
                CliError::usage(format!("the display name {error}"))
                    .hint("give a shorter one with --friendly-name")
            })?,
        };
        let draft = GroupDraft { id: None, name: self.name, friendly_name, ldap_id: None };
        let if_absent = self.if_absent;
        let (members, is_new) = ctx.act(ctx.store()?, draft, move |act, draft| {
            let now = act.now();
            let existing = groups::find_by_name(act, &draft.name)?;
            match existing {
                Some(existing) if if_absent => Ok((GroupMembers::load(act, existing, now)?, false)),
                Some(existing) => Err(already_there(&existing.name)),
                None => {
                    let group = operations::create(act, draft)?;
                    Ok((GroupMembers::load(act, group, now)?, true))
                }
            }
        })?;
        if !is_new {
            let name = members.group_name();
            ctx.report().note(format!("The group {name} already exists; nothing was changed."));
        }
        Ok(members)
    }
}

fn already_there(name: &GroupName) -> CliError {
    CliError::refused(format!("the group {name} already exists"))
        .hint("choose another name, or add --if-absent to keep it unchanged")
}
