//! `pocketid scim token delete`

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
    model::{ScimToken, view::ScimTokenView},
    operations::scim_tokens as operations,
    store::{Store, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid scim token delete okta
  pocketid scim token delete hr --yes --if-present";

/// Delete a SCIM token
///
/// The program that has it loses its access at once. The accounts and groups that it created stay. On a
/// terminal it asks first; elsewhere it wants --yes.
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
pub struct DeletedScimToken(ScimTokenView);

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<DeletedScimToken>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Delete {
    type Thing = ScimToken;
    type Gone = DeletedScimToken;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<ScimToken>, CliError> {
        find_opt(tx, &self.token)
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        missing(tx, &self.token)
    }

    fn consequence(&self, found: &ScimToken) -> String {
        format!("This deletes the SCIM token {}; its program loses its access.", found.name)
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        found: ScimToken,
    ) -> Result<DeletedScimToken, CliError> {
        let id = found.id;
        ctx.act(store, (), move |act, ()| operations::delete(act, id))?;
        ctx.report().note(format!("Deleted the SCIM token {}.", found.name));
        Ok(DeletedScimToken(ScimTokenView::of(&found)))
    }
}
