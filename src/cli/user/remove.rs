//! `pocketid user remove`

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::CliError,
        names::{find_user_opt, no_user},
        removal::{self, Removal, RemovalOptions},
        removed::Removed,
    },
    last_administrator::{last_administrator, warn_of_last_administrator},
};
use crate::{
    model::{User, UserId, Username},
    operations::users,
    store::{Store, Tx, batches},
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
    #[command(flatten)]
    options: RemovalOptions,
}

/// The removed account.
#[derive(Debug, Serialize)]
pub struct GoneUser {
    id: UserId,
    username: Username,
}

impl Remove {
    pub fn run(self, ctx: &Context) -> Result<Removed<GoneUser>, CliError> {
        removal::run(ctx, &self)
    }
}

impl Removal for Remove {
    type Thing = User;
    type Gone = GoneUser;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<User>, CliError> {
        let user = find_user_opt(tx, &self.name)?;
        match &user {
            Some(user) if !self.options.yes => users::refuse_last(tx, user)?,
            _ => {}
        }
        Ok(user)
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        Ok(no_user(tx, &self.name)?)
    }

    fn consequence(&self, user: &User) -> String {
        format!("This removes {} and all their passkeys.", user.username)
    }

    fn remove(&self, ctx: &Context, store: &Store, user: User) -> Result<GoneUser, CliError> {
        let last_administrator = last_administrator(self.options.yes);
        ctx.act(store, user.id, move |act, id| users::end_access(act, *id, last_administrator))?;
        batches::delete_grants_of_user(store, user.id)?;
        let deleted =
            ctx.act(store, user.id, move |act, id| users::delete(act, *id, last_administrator))?;
        if deleted.was_last_administrator {
            warn_of_last_administrator(ctx);
        }
        ctx.report().note(format!("Removed the user {}.", user.username));
        Ok(GoneUser { id: user.id, username: user.username })
    }
}
