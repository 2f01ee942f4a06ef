//! `pocketid group delete`

use serde::Serialize;

use super::super::{
    context::Context,
    error::CliError,
    names::{find_group, find_group_opt},
    prompt,
    removed::Removed,
};
use crate::{
    model::{GroupId, GroupName},
    operations::groups,
};

const EXAMPLES: &str = "\
Examples:
  pocketid group delete staff
  pocketid group delete staff --yes --if-present";

/// Delete a group
///
/// Its members stay, without it. If it was the only group allowed to use a client, no user can sign
/// in to that client any more. On a terminal it asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Delete {
    /// Name or id
    #[arg(value_name = "GROUP")]
    name: String,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such group
    #[arg(long)]
    if_present: bool,
}

/// The deleted group.
#[derive(Debug, Serialize)]
pub struct GoneGroup {
    id: GroupId,
    name: GroupName,
}

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneGroup>, CliError> {
        let store = ctx.existing_store()?;
        let found = store.read_blocking(|tx| {
            if self.if_present {
                find_group_opt(tx, &self.name)
            } else {
                find_group(tx, &self.name).map(Some)
            }
        })?;
        let Some(group) = found else {
            ctx.report().note(format!("There is no group {}; nothing was changed.", self.name));
            return Ok(Removed(None));
        };
        let consequence = format!("This deletes the group {}; its members stay.", group.name);
        prompt::confirm(ctx, self.yes, &consequence)?;
        let deleted = ctx.act(store, group.id, groups::delete)?;
        ctx.report().note(format!("Deleted the group {}.", group.name));
        for client_id in deleted.closed_clients {
            ctx.report().warn(format!(
                "no user can sign in to {client_id} now; to change that: pocketid client update \
                 {client_id} --group GROUP, or --no-group"
            ));
        }
        Ok(Removed(Some(GoneGroup { id: group.id, name: group.name })))
    }
}
