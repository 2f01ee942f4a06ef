//! `pocketid group delete`

use serde::Serialize;

use super::super::{
    context::Context,
    error::CliError,
    names::{find_group_opt, no_group},
    removal::{self, Removal, RemovalOptions},
    removed::Removed,
};
use crate::{
    model::{Group, GroupId, GroupName},
    operations::groups,
    store::{Store, Tx, clients},
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
    #[command(flatten)]
    options: RemovalOptions,
}

/// The deleted group.
#[derive(Debug, Serialize)]
pub struct GoneGroup {
    id: GroupId,
    name: GroupName,
}

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneGroup>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Delete {
    type Thing = Group;
    type Gone = GoneGroup;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<Group>, CliError> {
        find_group_opt(tx, &self.name)
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        Ok(no_group(tx, &self.name)?)
    }

    fn consequence(&self, group: &Group) -> String {
        format!("This deletes the group {}; its members stay.", group.name)
    }

    fn remove(&self, ctx: &Context, store: &Store, group: Group) -> Result<GoneGroup, CliError> {
        let deleted = ctx.act(store, group.id, groups::delete)?;
        ctx.report().note(format!("Deleted the group {}.", group.name));
        for client_id in deleted.closed_clients {
            let client = store.read_blocking(|tx| clients::find(tx, &client_id))?;
            // Trusted issuers may speak for members of groups only.
            let has_issuers = client.is_some_and(|client| !client.trusted_issuers.is_empty());
            let or = if has_issuers { "" } else { ", or --no-group" };
            ctx.report().warn(format!(
                "no user can sign in to {client_id} now; to change that: pocketid client update \
                 {client_id} --group GROUP{or}"
            ));
        }
        Ok(GoneGroup { id: group.id, name: group.name })
    }
}
