//! `pocketid client identity-assertion refuse`

use super::{
    super::super::{context::Context, error::CliError, names::find_client},
    rules::{AssertionRuleList, save},
};
use crate::store::identity_assertions;

const EXAMPLES: &str = "\
Examples:
  pocketid client identity-assertion refuse wiki --audience https://auth.chat.example";

/// No longer let a client get assertions for an authorization server elsewhere
///
/// Assertions that it has expire within five minutes. Access tokens that the other server gave it for them stay valid
/// until they expire or are revoked there.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Refuse {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
    /// Issuer of the other authorization server
    #[arg(long, value_name = "URL")]
    audience: String,
    /// Do nothing when it gets none for that server
    #[arg(long)]
    if_present: bool,
}

impl Refuse {
    pub fn run(self, ctx: &Context) -> Result<AssertionRuleList, CliError> {
        let issuer = ctx.settings()?.app_url.as_str().to_owned();
        ctx.act(ctx.existing_store()?, (self, issuer), |act, (asked, issuer)| {
            let client = find_client(act, &asked.client)?;
            let old = identity_assertions::list_of_client(act, &client.id)?;
            let mut rules = old.clone();
            rules.retain(|rule| !rule.audience.is(&asked.audience));
            if rules.len() == old.len() && !asked.if_present {
                let message = format!("{} gets no assertions for {}", client.id, asked.audience);
                let list = format!(
                    "to list those it gets: pocketid client identity-assertion list {}",
                    client.id
                );
                return Err(CliError::refused(message).hint(list));
            }
            save(act, &client, rules, issuer)
        })
    }
}
