//! `pocketid scim sync`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome},
    find::{find_opt, missing},
};
use crate::provisioning::{
    self, ProvisioningError, ProvisioningMeans, ProvisioningPolicy, ProvisioningReport,
    ResourceCount,
};

const EXAMPLES: &str = "\
Examples:
  pocketid scim sync Linkding
  pocketid scim sync Linkding --adopt
  pocketid scim sync Linkding --allow-deletions";

/// Bring the accounts in an application up to date now
///
/// Creates, changes, deactivates and deletes users and groups at the SCIM endpoint of the client, until it has
/// those that may use the client. The server does this by itself. Accounts that others created are left
/// alone. One that has the username of a user here, and belongs to no other directory, is taken over only if --adopt
/// is given. It refuses to delete all accounts, or more than half of more than twenty, unless --allow-deletions is
/// given.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Sync {
    /// Client: its id or name
    #[arg(value_name = "CLIENT")]
    client: String,
    /// Take over accounts and groups in the application that have the same name as here
    #[arg(long)]
    adopt: bool,
    /// Delete accounts even if that are most of them
    #[arg(long)]
    allow_deletions: bool,
}

/// The result of a synchronisation.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Synchronised(ProvisioningReport);

impl Sync {
    pub fn run(self, ctx: &Context) -> Result<Synchronised, CliError> {
        let store = ctx.existing_store()?;
        let found = store.read_blocking(|tx| find_opt(tx, &self.client))?;
        let id = found.ok_or_else(|| missing(&self.client))?.provider.id;
        let master_key = ctx.master_key()?;
        let outbound = ctx.outbound()?;
        let (clock, holder) = (ctx.clock(), ctx.new_id().to_string());
        let means = ProvisioningMeans {
            store,
            outbound: &outbound,
            master_key: &master_key,
            clock: clock.as_ref(),
            holder: &holder,
        };
        let policy =
            ProvisioningPolicy { allow_deletions: self.allow_deletions, adopt: self.adopt };
        let done = ctx.wait(provisioning::synchronise(means, id, policy))?;
        done.map(Synchronised).map_err(|error| failed(&self.client, error))
    }
}

fn failed(client: &str, error: ProvisioningError) -> CliError {
    match error {
        ProvisioningError::Store(error) => error.into(),
        error => {
            let hint = match &error {
                ProvisioningError::Busy => "wait until it is done, and look: pocketid scim list",
                ProvisioningError::TooMany(_) => {
                    "check the groups that may use the client: pocketid client show CLIENT"
                }
                _ => {
                    "check the address and the token: pocketid scim set CLIENT --endpoint URL --token-file FILE"
                }
            };
            CliError::refused(format!("could not synchronise {client}: {error}")).hint(hint)
        }
    }
}

impl Outcome for Synchronised {
    fn write_text(&self, page: &mut Page) {
        let line = |page: &mut Page, what: &str, count: ResourceCount| {
            page.line(format!("{what}: {count}"));
            if count.foreign > 0 {
                let foreign = count.foreign;
                page.remark(format!("{foreign} others in the application were left alone."));
            }
        };
        line(page, "users", self.0.users);
        line(page, "groups", self.0.groups);
    }
}
