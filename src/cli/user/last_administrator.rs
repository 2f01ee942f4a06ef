//! The last administrator who may sign in is taken away on purpose only.

use super::super::{context::Context, error::CliError};
use crate::{
    model::User,
    store::{StoreError, Tx, setup, users},
};

/// Whether nobody but this user may administer and sign in.
fn is_last(tx: &mut Tx<'_>, user: &User) -> Result<bool, StoreError> {
    let is_one = user.is_admin && !user.disabled;
    Ok(is_one && !users::other_enabled_administrator_exists(tx, user.id)?)
}

/// Lets somebody take away what makes this user an administrator, and opens the set-up when it was the
/// last one. Without --yes the last one stays. To be called before the change, in its transaction.
pub fn let_go(tx: &mut Tx<'_>, user: &User, leave: &Leave) -> Result<bool, CliError> {
    if !leave.yes {
        refuse(tx, user)?;
    }
    let is_last = is_last(tx, user)?;
    if is_last {
        setup::reopen(tx, &leave.seed)?;
    }
    Ok(is_last)
}

/// Whether the last one may go, and the seed of the set-up code that is good then.
pub struct Leave {
    yes: bool,
    seed: [u8; setup::SEED],
}

impl Leave {
    pub fn new(ctx: &Context, yes: bool) -> Self {
        Self { yes, seed: ctx.rng().bytes() }
    }
}

/// Refuses to take away the last one.
pub fn refuse(tx: &mut Tx<'_>, user: &User) -> Result<(), CliError> {
    if !is_last(tx, user)? {
        return Ok(());
    }
    let message = format!("{} is the last administrator who may sign in", user.username);
    Err(CliError::refused(message)
        .hint("make another one first: pocketid user add NAME --admin --login-link")
        .hint(
            "or add --yes if it is meant: `pocketid setup` will work again, and so will the page \
             /setup with the code that `pocketid setup --code` prints",
        ))
}

/// Tells what it means that the last one is gone.
pub fn warn(ctx: &Context) {
    ctx.report().warn(
        "no administrator is left who may sign in: `pocketid setup` works again, and so does the page \
         /setup with the code that `pocketid setup --code` prints",
    );
}
