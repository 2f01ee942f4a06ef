//! `pocketid group update`

use super::{
    super::{
        context::Context,
        error::CliError,
        names::{find_group, refuse_taken_group},
    },
    assign::Members,
};
use crate::{
    model::{EventKind, FriendlyName, GroupName},
    store::{audit_events, groups},
};

const EXAMPLES: &str = "\
Examples:
  pocketid group update staff --friendly-name \"People who work here\"
  pocketid group update staff --name employees";

/// Give a group another name
///
/// Its members and the clients that it may use stay. Applications see another name in the `groups`
/// claim with the next sign-in or refresh.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    group = clap::ArgGroup::new("change").required(true).multiple(true)
)]
pub struct Update {
    /// Name or id
    #[arg(value_name = "GROUP")]
    group: String,
    /// Another name in the groups claim
    #[arg(long, value_name = "NAME", group = "change")]
    name: Option<GroupName>,
    /// Another name that people see
    #[arg(long, value_name = "NAME", group = "change")]
    friendly_name: Option<FriendlyName>,
}

impl Update {
    pub fn run(self, ctx: &Context) -> Result<Members, CliError> {
        let event = ctx.event(EventKind::GroupChanged, None, []);
        ctx.existing_store()?.write_blocking(move |tx| {
            let old = find_group(tx, &self.group)?;
            let mut group = old.clone();
            if let Some(name) = &self.name {
                group.name = name.clone();
                refuse_taken_group(tx, &group, Some(&old))?;
            }
            if let Some(friendly_name) = &self.friendly_name {
                group.friendly_name = friendly_name.clone();
            }
            if (&group.name, &group.friendly_name) != (&old.name, &old.friendly_name) {
                groups::update(tx, &group)?;
                let mut event = event.clone();
                event.data.insert("groupName", group.name.to_string());
                event.data.insert("oldName", old.name.to_string());
                audit_events::insert(tx, &event)?;
            }
            Ok(Members::load(tx, group)?)
        })
    }
}
