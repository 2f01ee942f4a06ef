//! `pocketid signup-token delete`

use serde::Serialize;

use super::super::{
    context::Context,
    error::CliError,
    removal::{self, Removal, RemovalOptions},
    removed::Removed,
    typed,
};
use crate::{
    model::{SignupTokenId, view::SignupTokenView},
    operations::signup_tokens,
    store::{self, Store, Tx},
};

const EXAMPLES: &str = "\
Examples:
  pocketid signup-token delete 019abcde-1234-7000-8000-0123456789ab
  pocketid signup-token delete 019abcde-1234-7000-8000-0123456789ab --yes --if-present";

/// Delete an invitation
///
/// Its link no longer works; accounts that were made with it stay. On a terminal it asks first; elsewhere it
/// wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Delete {
    /// Id; `pocketid signup-token list` shows it
    #[arg(value_name = "ID", value_parser = |text: &str| typed::id::<SignupTokenId>(text, "pocketid signup-token list"))]
    id: SignupTokenId,
    #[command(flatten)]
    options: RemovalOptions,
}

/// The deleted invitation.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct GoneSignupToken(SignupTokenView);

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneSignupToken>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Delete {
    type Thing = SignupTokenView;
    type Gone = GoneSignupToken;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<SignupTokenView>, CliError> {
        let Some(token) = store::signup_tokens::find(tx, self.id)? else { return Ok(None) };
        let groups = store::signup_tokens::list_groups(tx, self.id)?;
        Ok(Some(SignupTokenView::of(&token, &groups)))
    }

    fn missing(&self, _tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        Ok(CliError::refused(format!("there is no invitation {}", self.id))
            .hint("to list them: pocketid signup-token list"))
    }

    fn consequence(&self, _token: &SignupTokenView) -> String {
        "The link of this invitation will no longer work.".to_owned()
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        token: SignupTokenView,
    ) -> Result<GoneSignupToken, CliError> {
        ctx.act(store, self.id, |act, id| signup_tokens::delete(act, *id))?;
        ctx.report().note(format!("Deleted the invitation {}.", self.id));
        Ok(GoneSignupToken(token))
    }
}
