//! `pocketid registration token delete`

use serde::Serialize;

use super::{
    super::super::{
        context::Context,
        error::CliError,
        removal::{self, Removal, RemovalOptions},
        removed::Removed,
    },
    find::{find_opt, missing},
};
use crate::{
    model::{RegistrationToken, view::RegistrationTokenView},
    operations::registration_tokens as operations,
    store::{Store, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid registration token delete agents
  pocketid registration token delete ci --yes --if-present";

/// Delete a registration token
///
/// The program that has it can register no more clients. Those that it registered stay. On a terminal it asks
/// first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Delete {
    /// Token: its name or id
    #[arg(value_name = "TOKEN")]
    token: String,
    #[command(flatten)]
    options: RemovalOptions,
}

/// The token that was deleted.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct DeletedRegistrationToken(RegistrationTokenView);

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<DeletedRegistrationToken>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Delete {
    type Thing = RegistrationToken;
    type Gone = DeletedRegistrationToken;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<RegistrationToken>, CliError> {
        find_opt(tx, &self.token)
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        missing(tx, &self.token)
    }

    fn consequence(&self, found: &RegistrationToken) -> String {
        format!(
            "This deletes the registration token {}; its program can register no more clients.",
            found.name
        )
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        found: RegistrationToken,
    ) -> Result<DeletedRegistrationToken, CliError> {
        let id = found.id;
        ctx.act(store, (), move |act, ()| operations::delete(act, id))?;
        ctx.report().note(format!("Deleted the registration token {}.", found.name));
        Ok(DeletedRegistrationToken(RegistrationTokenView::of(&found)))
    }
}
