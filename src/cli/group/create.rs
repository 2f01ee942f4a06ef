//! `pocketid group create`

use super::{
    super::{context::Context, error::CliError, names::refuse_taken_group},
    assign::Members,
};
use crate::{
    model::{EventKind, FriendlyName, Group, GroupId, GroupName},
    store::{audit_events, groups},
};

const EXAMPLES: &str = "\
Examples:
  pocketid group create staff
  pocketid group create staff --friendly-name \"People who work here\" --if-absent";

/// Make a group
///
/// Its name stands in the `groups` claim that applications get. Clients can be restricted to
/// groups with `pocketid client create --group`.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Name in the groups claim
    #[arg(value_name = "NAME")]
    name: GroupName,
    /// Name that people see; the name unless given
    #[arg(long, value_name = "NAME")]
    friendly_name: Option<FriendlyName>,
    /// Do nothing when there is a group of this name already
    #[arg(long)]
    if_absent: bool,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<Members, CliError> {
        let friendly_name = match self.friendly_name {
            Some(friendly_name) => friendly_name,
            None => self.name.as_str().parse().map_err(|error| {
                CliError::usage(format!("the name that people see {error}"))
                    .hint("give a shorter one with --friendly-name")
            })?,
        };
        let group = Group {
            id: GroupId(ctx.new_id()),
            name: self.name,
            friendly_name,
            created_at: ctx.now(),
        };
        let data = [("groupName", group.name.to_string())];
        let event = ctx.event(EventKind::GroupCreated, None, data);
        let if_absent = self.if_absent;
        let (members, is_new) = ctx.store()?.write_blocking(move |tx| {
            let existing = groups::find_by_name(tx, &group.name)?;
            if let Some(existing) = existing {
                if if_absent {
                    return Ok((Members::load(tx, existing)?, false));
                }
                let message = format!("there is a group {} already", existing.name);
                return Err(CliError::refused(message)
                    .hint("choose another name, or add --if-absent to leave it as it is"));
            }
            refuse_taken_group(tx, &group, None)?;
            groups::insert(tx, &group)?;
            audit_events::insert(tx, &event)?;
            Ok::<_, CliError>((Members::load(tx, group.clone())?, true))
        })?;
        if !is_new {
            let name = members.group_name();
            ctx.report().note(format!("There is a group {name} already; nothing was changed."));
        }
        Ok(members)
    }
}
