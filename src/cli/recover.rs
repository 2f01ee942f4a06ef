//! `pocketid recover`

use super::{
    context::Context,
    error::CliError,
    names::find_user,
    one_time_link::{NewLink, OneTimeLink},
    ttl::Ttl,
};
use crate::operations::sessions;

const EXAMPLES: &str = "\
Examples:
  pocketid recover alice
  pocketid recover alice@example.com --ttl 1h
  pocketid recover alice --end-sessions
  pocketid recover alice --output json | jq -r .link

Off a terminal it prints three lines: the link, the code, and when they expire.";

/// Create a link to sign in once without a passkey
///
/// For users who lost their passkey, and for users who have none yet. It works with the server
/// down; the link works once the server is up. Up to 15 minutes the code has 6 characters, beyond
/// that 12.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Recover {
    /// Username, email or id
    #[arg(value_name = "USER")]
    name: String,
    /// How long the link works, from 1m to 31d
    #[arg(long, value_name = "TIME", default_value = "15m")]
    ttl: Ttl,
    /// Sign the user out everywhere and end all their grants, in case the lost device is in other
    /// hands
    #[arg(long)]
    end_sessions: bool,
}

impl Recover {
    pub fn run(self, ctx: &Context) -> Result<OneTimeLink, CliError> {
        make_link(ctx, self.name, self.ttl, self.end_sessions)
    }
}

/// Makes a link for a user given by name.
pub fn make_link(
    ctx: &Context,
    name: String,
    ttl: Ttl,
    ends_sessions: bool,
) -> Result<OneTimeLink, CliError> {
    let store = ctx.existing_store()?;
    let link = NewLink::generate(ctx, ttl)?;
    ctx.act(store, (name, link), move |act, (name, link)| {
        let user = find_user(act, name)?;
        // First, since this also ends the codes made before.
        if ends_sessions {
            sessions::revoke_all(act, user.id, None)?;
        }
        Ok(link.insert(act, &user)?)
    })
}
