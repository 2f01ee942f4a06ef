//! `pocketid scim token rotate`

use super::{
    super::super::{
        context::Context,
        error::CliError,
        ttl::{self, Ttl},
    },
    find::{find_opt, missing},
    new_token::PrintedToken,
};
use crate::operations::{
    Change,
    scim_tokens::{self as operations, ScimTokenRotation},
};

const EXAMPLES: &str = "\
Examples:
  pocketid scim token rotate okta
  umask 077; pocketid scim token rotate hr --expires 365d > hr.token";

/// Replace a SCIM token with a new one of the same name
///
/// The old one is refused from then on. The new one expires when the old one would have, unless --expires says
/// otherwise.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Rotate {
    /// Token: its name or id
    #[arg(value_name = "TOKEN")]
    token: String,
    /// How long the new one works, up to 3650d
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_secret)]
    expires: Option<Ttl>,
}

impl Rotate {
    pub fn run(self, ctx: &Context) -> Result<PrintedToken, CliError> {
        ctx.act(ctx.existing_store()?, self, |act, asked| {
            let Some(found) = find_opt(act, &asked.token)? else {
                return Err(missing(act, &asked.token)?);
            };
            let now = act.now();
            let expires_at = asked.expires.map(|ttl| Some(now.plus(ttl.seconds())));
            let rotation = ScimTokenRotation { id: found.id, expires_at: Change::from(expires_at) };
            let new = operations::rotate(act, &rotation)?;
            Ok(PrintedToken { row: new.row, token: Some(new.token) })
        })
    }
}
