//! `pocketid group update`

use super::{
    super::{context::Context, error::CliError, names::find_group},
    assign::GroupMembers,
};
use crate::{
    model::{FriendlyName, GroupName},
    operations::groups::{self, GroupChange},
};

const EXAMPLES: &str = "\
Examples:
  pocketid group update staff --friendly-name \"People who work here\"
  pocketid group update staff --name employees";

/// Rename a group
///
/// Its members and the clients that it may use stay. Applications see another name in the `groups`
/// claim with the next sign-in or refresh.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    override_usage = "pocketid group update [OPTIONS] <GROUP>",
    group = clap::ArgGroup::new("change").required(true).multiple(true)
)]
pub struct Update {
    /// Name or id
    #[arg(value_name = "GROUP")]
    group: String,
    /// New name in the groups claim
    #[arg(long, value_name = "NAME", group = "change")]
    name: Option<GroupName>,
    /// New display name
    #[arg(long, value_name = "NAME", group = "change")]
    friendly_name: Option<FriendlyName>,
}

impl Update {
    pub fn run(self, ctx: &Context) -> Result<GroupMembers, CliError> {
        let change = GroupChange {
            name: self.name.into(),
            friendly_name: self.friendly_name.into(),
            freed_name: None,
        };
        ctx.act(ctx.existing_store()?, (self.group, change), |act, (group, change)| {
            let now = act.now();
            let group = find_group(act, group)?;
            let group = groups::update(act, group.id, change)?;
            Ok(GroupMembers::load(act, group, now)?)
        })
    }
}
