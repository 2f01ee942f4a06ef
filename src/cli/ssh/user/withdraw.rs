//! `pocketid ssh user withdraw`

use serde::Serialize;

use super::{
    super::super::{context::Context, error::CliError, page::Page, report::Outcome},
    named::{NamedUser, each_user},
};
use crate::operations::ssh::users::withdraw;

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

/// The users who get no certificates.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct WithdrawnUsers(Vec<NamedUser>);

impl Withdraw {
    pub fn run(self, ctx: &Context) -> Result<WithdrawnUsers, CliError> {
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
