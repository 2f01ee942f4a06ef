//! `pocketid signup-token delete`

use serde::Serialize;

use super::super::{context::Context, error::CliError, prompt, removed::Removed};
use crate::{
    model::{EventKind, SignupTokenId, view::SignupTokenView},
    store::{StoreError, audit_events, signup_tokens},
};

const EXAMPLES: &str = "\
Examples:
  pocketid signup-token delete 019abcde-1234-7000-8000-0123456789ab
  pocketid signup-token delete 019abcde-1234-7000-8000-0123456789ab --yes --if-present";

/// Take an invitation back
///
/// Its link no longer works; accounts that were made with it stay. On a terminal it asks first; elsewhere it
/// wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Delete {
    /// Id, as in the list
    #[arg(value_name = "ID")]
    id: SignupTokenId,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such invitation
    #[arg(long)]
    if_present: bool,
}

/// The invitation that is gone.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Gone(SignupTokenView);

impl Delete {
    pub fn run(self, ctx: &Context) -> Result<Removed<Gone>, CliError> {
        let (store, id) = (ctx.existing_store()?, self.id);
        let found = store.read_blocking(move |tx| {
            let Some(token) = signup_tokens::find(tx, id)? else { return Ok(None) };
            Ok::<_, StoreError>(Some((token, signup_tokens::list_groups(tx, id)?)))
        })?;
        let Some((token, groups)) = found else {
            if self.if_present {
                ctx.report().note(format!("There is no invitation {id}; nothing was changed."));
                return Ok(Removed(None));
            }
            return Err(CliError::refused(format!("there is no invitation {id}"))
                .hint("to see all of them: pocketid signup-token list"));
        };
        prompt::confirm(ctx, self.yes, "The link of this invitation will no longer work.")?;
        let data = [("signupToken", id.to_string())];
        let event = ctx.event(EventKind::SignupTokenDeleted, None, data);
        store.write_blocking(move |tx| {
            if !signup_tokens::delete(tx, id)? {
                return Err(CliError::refused("somebody else has deleted it just now"));
            }
            Ok(audit_events::insert(tx, &event)?)
        })?;
        ctx.report().note(format!("Deleted the invitation {id}."));
        Ok(Removed(Some(Gone(SignupTokenView::of(&token, &groups)))))
    }
}
