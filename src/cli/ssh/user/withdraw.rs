//! `pocketid ssh user withdraw`

use serde::Serialize;

use super::{
    super::super::{
        context::Context, error::CliError, names::find_user, page::Page, prompt::confirm,
        report::Outcome,
    },
    named::{NamedUser, each_user},
};
use crate::operations::ssh::users::withdraw;

const EXAMPLES: &str = "\
Examples:
  pocketid ssh user withdraw alice
  pocketid ssh user withdraw alice bob --yes";

/// Withdraw SSH access from users
///
/// Those that they have are revoked: hosts refuse them as soon as they have fetched the revocation list. They get none until
/// they are confirmed again (pocketid ssh user confirm). They keep their groups, and sign in to applications as before.
/// On a terminal the command asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Withdraw {
    /// Username, email or id
    #[arg(value_name = "USER", required = true)]
    names: Vec<String>,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// The users who get no certificates.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct WithdrawnUsers(Vec<NamedUser>);

impl Withdraw {
    pub fn run(self, ctx: &Context) -> Result<WithdrawnUsers, CliError> {
        let users: Result<Vec<_>, CliError> = ctx.existing_store()?.read_blocking(|tx| {
            let names = self.names.iter();
            names.map(|name| Ok(find_user(tx, name)?.username.to_string())).collect()
        });
        let users = users?.join(", ");
        confirm(ctx, self.yes, &format!("This revokes the SSH certificates of {users} for good."))?;
        Ok(WithdrawnUsers(each_user(ctx, self.names, withdraw)?))
    }
}

impl Outcome for WithdrawnUsers {
    fn write_text(&self, page: &mut Page) {
        for user in &self.0 {
            page.line(format!("{} gets no certificates until confirmed again", user.username));
        }
    }
}
