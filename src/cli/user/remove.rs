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
    last_administrator::{self, Leave},
};
use crate::{
    model::{EventKind, User, UserId, Username},
    store::{audit_events, batches, sign_out, users},
};

const EXAMPLES: &str = "\
Examples:
  pocketid user remove alice
  pocketid user remove alice --yes --if-present

`pocketid user disable` keeps somebody out and keeps the account.";

/// Remove an account, with its passkeys, sessions and tokens
///
/// Its entries in the audit log stay, without its name. On a terminal it asks first; elsewhere it wants
/// --yes. The last administrator who may sign in is removed with --yes only: `pocketid setup` works
/// again then.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Remove {
    /// User name, e-mail address or id
    #[arg(value_name = "USER")]
    name: String,
    /// Do not ask, and even remove the last administrator
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such user
    #[arg(long)]
    if_present: bool,
}

/// The account that is gone.
#[derive(Debug, Serialize)]
pub struct Gone {
    id: UserId,
    username: Username,
}

impl Remove {
    pub fn run(self, ctx: &Context) -> Result<Removed<Gone>, CliError> {
        let store = ctx.existing_store()?;
        let found = store.read_blocking(|tx| {
            let user = match self.if_present {
                true => find_user_opt(tx, &self.name)?,
                false => Some(find_user(tx, &self.name)?),
            };
            // Before anybody is asked: they should not answer questions in vain.
            match &user {
                Some(user) if !self.yes => last_administrator::refuse(tx, user)?,
                _ => {}
            }
            Ok::<_, CliError>(user)
        })?;
        let Some(user) = found else {
            ctx.report().note(format!("There is no user {}; nothing was changed.", self.name));
            return Ok(Removed(None));
        };
        let consequence = format!("This removes {} and all their passkeys.", user.username);
        prompt::confirm(ctx, self.yes, &consequence)?;
        if self.delete(ctx, &user)? {
            last_administrator::warn(ctx);
        }
        ctx.report().note(format!("Removed the user {}.", user.username));
        Ok(Removed(Some(Gone { id: user.id, username: user.username })))
    }

    /// `true` when it was the last administrator.
    fn delete(&self, ctx: &Context, user: &User) -> Result<bool, CliError> {
        // The entry outlives the account, so it names it in words.
        let data = [("userID", user.id.to_string()), ("username", user.username.to_string())];
        let event = ctx.event(EventKind::AccountDeleted, None, data);
        let (now, new_id) = (ctx.now(), ctx.new_ids());
        let (leave, id) = (Leave::new(ctx, self.yes), user.id);
        self.end_everything(ctx, id)?;
        let store = ctx.existing_store()?;
        batches::delete_grants_of_user(store, id)?;
        store.write_blocking(move |tx| {
            let user = find_user(tx, &id.to_string())?;
            let was_last = last_administrator::let_go(tx, &user, &leave)?;
            sign_out::end_everything_of(tx, id, &new_id, now)?;
            users::delete(tx, id)?;
            audit_events::insert(tx, &event)?;
            Ok(was_last)
        })
    }

    /// Ends what lets the user in or acts for them, and notes which clients are told, before any of it is deleted.
    fn end_everything(&self, ctx: &Context, id: UserId) -> Result<(), CliError> {
        let (now, new_id, yes) = (ctx.now(), ctx.new_ids(), self.yes);
        ctx.existing_store()?.write_blocking(move |tx| {
            let user = find_user(tx, &id.to_string())?;
            if !yes {
                last_administrator::refuse(tx, &user)?;
            }
            Ok(sign_out::end_everything_of(tx, id, &new_id, now)?)
        })
    }
}
