//! `pocketid protect delete`

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::CliError,
        removal::{self, Removal, RemovalOptions},
        removed::Removed,
    },
    shown::{find_opt, missing},
};
use crate::{
    model::{HostAddress, ProtectedHost, ProtectedHostId},
    operations::protected_hosts,
    store::{Store, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid protect delete wiki.example.com
  pocketid protect delete wiki.example.com --yes --if-present";

/// Stop protecting a host
///
/// Its proxy lets nobody in any more, as long as it asks this server: take the lines out of it. On a terminal the command
/// asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Delete {
    /// Host or id
    #[arg(value_name = "PROTECTED")]
    protected: String,
    #[command(flatten)]
    options: RemovalOptions,
}

/// The host that is not protected any more.
#[derive(Debug, Serialize)]
pub struct GoneHost {
    id: ProtectedHostId,
    host: HostAddress,
}

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneHost>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Delete {
    type Thing = ProtectedHost;
    type Gone = GoneHost;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<ProtectedHost>, CliError> {
        find_opt(tx, &self.protected)
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        missing(tx, &self.protected)
    }

    fn consequence(&self, host: &ProtectedHost) -> String {
        format!(
            "This ends the protection of {}; its proxy lets nobody in as long as it asks here.",
            host.host
        )
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        host: ProtectedHost,
    ) -> Result<GoneHost, CliError> {
        ctx.act(store, host.id, |act, id| protected_hosts::delete(act, *id))?;
        ctx.report().note(format!("{} is not protected any more.", host.host));
        Ok(GoneHost { id: host.id, host: host.host })
    }
}
