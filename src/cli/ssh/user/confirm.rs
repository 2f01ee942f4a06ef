//! `pocketid ssh user confirm`

use serde::Serialize;

use super::{
    super::super::{context::Context, error::CliError, page::Page, report::Outcome},
    named::{NamedUser, each_user},
};
use crate::operations::ssh::users::confirm;

const EXAMPLES: &str = "\
Examples:
  pocketid ssh user list
  pocketid passkey list alice
  pocketid ssh user confirm alice
  pocketid ssh user confirm alice bob";

/// Confirm the username and the passkeys of users
///
/// Look at both first. {username} lets in users whose name an administrator, a directory or a SCIM token gave: a user who
/// signed up or changed their name could have taken that of an account, and of older users nobody knows. And a user who
/// added a passkey with a one-time code, beside others, gets no certificates until then: it may have been a stranger who
/// reads their mail. A user from whom certificates were taken gets them again.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Confirm {
    /// Username, email or id
    #[arg(value_name = "USER", required = true)]
    names: Vec<String>,
}

/// The users who were confirmed.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct ConfirmedUsers(Vec<NamedUser>);

impl Confirm {
    pub fn run(self, ctx: &Context) -> Result<ConfirmedUsers, CliError> {
        Ok(ConfirmedUsers(each_user(ctx, self.names, |act, id| confirm(act, id, None))?))
    }
}

impl Outcome for ConfirmedUsers {
    fn write_text(&self, page: &mut Page) {
        for user in &self.0 {
            page.line(format!("{} is confirmed", user.username));
        }
    }
}
