//! `pocketid user remove`

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::CliError,
        names::{find_user, find_user_opt},
        prompt,
        removed::Removed,
    },
    last_administrator::{last_administrator, warn_of_last_administrator},
};
use crate::{
    model::{UserId, Username},
    operations::users,
    store::batches,
};

const EXAMPLES: &str = "\
Examples:
  pocketid user remove alice
  pocketid user remove alice --yes --if-present

`pocketid user disable` prevents sign-ins and keeps the account.";

/// Remove an account, with its passkeys, sessions and tokens
///
/// Its entries in the audit log stay, without its name. On a terminal it asks first; elsewhere it
/// wants --yes. The last enabled administrator is removed with --yes only: `pocketid setup` works
/// again then.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Remove {
    /// Username, email or id
    #[arg(value_name = "USER")]
    name: String,
    /// Do not ask, and even remove the last administrator
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such user
    #[arg(long)]
    if_present: bool,
}

/// The removed account.
#[derive(Debug, Serialize)]
pub struct GoneUser {
    id: UserId,
    username: Username,
}

impl Remove {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneUser>, CliError> {
        let store = ctx.existing_store()?;
        let found = store.read_blocking(|tx| {
            let user = if self.if_present {
                find_user_opt(tx, &self.name)?
            } else {
                Some(find_user(tx, &self.name)?)
            };
            // Checks first, so that the user does not answer a question in vain.
            match &user {
                Some(user) if !self.yes => users::refuse_last(tx, user)?,
                _ => {}
            }
            Ok::<_, CliError>(user)
        })?;
        let Some(user) = found else {
            ctx.report()
                .note(format!("The user {} does not exist; nothing was changed.", self.name));
            return Ok(Removed(None));
        };
        let consequence = format!("This removes {} and all their passkeys.", user.username);
        prompt::confirm(ctx, self.yes, &consequence)?;
        let last_administrator = last_administrator(self.yes);
        ctx.act(store, user.id, move |act, id| users::end_access(act, *id, last_administrator))?;
        batches::delete_grants_of_user(store, user.id)?;
        let deleted =
            ctx.act(store, user.id, move |act, id| users::delete(act, *id, last_administrator))?;
        if deleted.was_last_administrator {
            warn_of_last_administrator(ctx);
        }
        ctx.report().note(format!("Removed the user {}.", user.username));
        Ok(Removed(Some(GoneUser { id: user.id, username: user.username })))
    }
}
