//! `pocketid client exchange allow`

use super::{
    super::super::{context::Context, error::CliError},
    rules::{Meant, RuleList, Tokens, save},
};
use crate::model::{ExchangeRule, ScopeName};

const EXAMPLES: &str = "\
Examples:
  pocketid client exchange allow orders --from-api https://orders.example.com \\
      --to https://stock.example.com --permission stock:read
  pocketid client exchange allow gateway --from-client shop --to https://orders.example.com

The client also needs access to the API on behalf of users:
  pocketid api grant https://stock.example.com orders --permission stock:read";

/// Let a client exchange tokens of users for tokens of another API
///
/// The client gets tokens with which it acts for the user of the exchanged token. Their permissions
/// are those that it has at the API on behalf of users, as far as the exchanged token has a scope of
/// the same name, or they are named here. A second call for the same tokens replaces the first.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Allow {
    #[command(flatten)]
    tokens: Tokens,
    /// Permission that the new tokens may have without a scope of that name in the exchanged one;
    /// repeat for several
    #[arg(long = "permission", value_name = "KEY")]
    permissions: Vec<ScopeName>,
    /// Accept bound tokens without a proof, since the client has verified the sender's; new tokens
    /// are bound to the client's own key
    #[arg(long)]
    checks_proofs: bool,
}

impl Allow {
    pub fn run(self, ctx: &Context) -> Result<RuleList, CliError> {
        ctx.act(ctx.existing_store()?, self, |act, asked| {
            let Meant { client, source, target } = asked.tokens.find(act)?;
            let rule = ExchangeRule {
                source,
                target,
                scope: asked.permissions.iter().cloned().collect(),
                accepts_bound_tokens: asked.checks_proofs,
            };
            let mut rules = client.token_exchanges.clone();
            rules.retain(|old| !old.is_about_same(&rule));
            rules.push(rule);
            save(act, &client, rules)
        })
    }
}
