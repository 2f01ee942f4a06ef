//! `pocketid signup-token delete`

use serde::Serialize;

use super::super::{context::Context, error::CliError, prompt, removed::Removed};
use crate::{
    model::{SignupTokenId, view::SignupTokenView},
    operations::signup_tokens,
    store::{self, StoreError},
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
    #[arg(value_name = "ID")]
    id: SignupTokenId,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such invitation
    #[arg(long)]
    if_present: bool,
}

/// The deleted invitation.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct GoneSignupToken(SignupTokenView);

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneSignupToken>, CliError> {
        let (store, id) = (ctx.existing_store()?, self.id);
        let found = store.read_blocking(move |tx| {
            let Some(token) = store::signup_tokens::find(tx, id)? else { return Ok(None) };
            Ok::<_, StoreError>(Some((token, store::signup_tokens::list_groups(tx, id)?)))
        })?;
        let Some((token, groups)) = found else {
            if self.if_present {
                ctx.report()
                    .note(format!("The invitation {id} does not exist; nothing was changed."));
                return Ok(Removed(None));
            }
            return Err(CliError::refused(format!("there is no invitation {id}"))
                .hint("to list them: pocketid signup-token list"));
        };
        prompt::confirm(ctx, self.yes, "The link of this invitation will no longer work.")?;
        ctx.act(store, id, |act, id| signup_tokens::delete(act, *id))?;
        ctx.report().note(format!("Deleted the invitation {id}."));
        Ok(Removed(Some(GoneSignupToken(SignupTokenView::of(&token, &groups)))))
    }
}
