//! The users that `pocketid ssh user confirm` and `withdraw` name.

use serde::Serialize;

use super::super::super::{context::Context, error::CliError, names::find_user};
use crate::{
    model::{User, UserId, Username},
    operations::{Act, Refusal},
};

/// A user to whom it was done.
#[derive(Debug, Serialize)]
pub struct NamedUser {
    id: UserId,
    /// The username.
    pub username: Username,
}

/// Does something to each of these users, or to none of them.
pub fn each_user(
    ctx: &Context,
    names: Vec<String>,
    verb: impl Fn(&mut Act<'_, '_>, UserId) -> Result<User, Refusal> + Send + 'static,
) -> Result<Vec<NamedUser>, CliError> {
    ctx.act(ctx.existing_store()?, names, move |act, names| {
        let mut done = Vec::new();
        for name in names {
            let id = find_user(act, name)?.id;
            done.push(NamedUser { id, username: verb(act, id)?.username });
        }
        Ok::<_, CliError>(done)
    })
}
