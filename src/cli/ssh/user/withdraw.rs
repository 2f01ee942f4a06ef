//! `pocketid ssh user withdraw`

use serde::Serialize;

use super::super::super::{
    context::Context, error::CliError, names::find_user, page::Page, report::Outcome,
};
use crate::{
    model::{UserId, Username},
    operations::ssh::users::withdraw,
};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh user withdraw alice
  pocketid ssh user withdraw alice bob";

/// Give users no certificates any more
///
/// Those that they have are revoked: hosts refuse them as soon as they have fetched the revocation list. They get none until
/// they are confirmed again (pocketid ssh user confirm). They keep their groups, and sign in to applications as before.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Withdraw {
    /// Username, email or id
    #[arg(value_name = "USER", required = true)]
    names: Vec<String>,
}

/// A user who gets no certificates.
#[derive(Debug, Serialize)]
struct WithdrawnUser {
    id: UserId,
    username: Username,
}

/// The users who get no certificates.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct WithdrawnUsers(Vec<WithdrawnUser>);

impl Withdraw {
    pub fn run(self, ctx: &Context) -> Result<WithdrawnUsers, CliError> {
        let withdrawn = ctx.act(ctx.existing_store()?, self.names, |act, names| {
            let mut withdrawn = Vec::new();
            for name in names {
                let id = find_user(act, name)?.id;
                let user = withdraw(act, id)?;
                withdrawn.push(WithdrawnUser { id, username: user.username });
            }
            Ok::<_, CliError>(withdrawn)
        })?;
        Ok(WithdrawnUsers(withdrawn))
    }
}

impl Outcome for WithdrawnUsers {
    fn write_text(&self, page: &mut Page) {
        for user in &self.0 {
            page.line(format!("{} gets no certificates until confirmed again", user.username));
        }
    }
}
