//! `pocketid client exchange refuse`

use super::{
    super::super::{context::Context, error::CliError},
    rules::{Meant, RuleList, Tokens, save},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client exchange refuse orders --from-api https://orders.example.com \\
      --to https://stock.example.com";

/// No longer let a client exchange tokens
///
/// Tokens that it got by exchanges stay valid until they expire, or until the exchanged tokens end.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Refuse {
    #[command(flatten)]
    tokens: Tokens,
    /// Do nothing when it may not exchange them
    #[arg(long)]
    if_present: bool,
}

impl Refuse {
    pub fn run(self, ctx: &Context) -> Result<RuleList, CliError> {
        ctx.act(ctx.existing_store()?, self, |act, asked| {
            let Meant { client, source, target } = asked.tokens.find(act)?;
            let mut rules = client.token_exchanges.clone();
            rules.retain(|rule| rule.source != source || rule.target != target);
            if rules.len() == client.token_exchanges.len() && !asked.if_present {
                let message = format!("{} may not exchange these tokens", client.id);
                let list =
                    format!("to list those it may: pocketid client exchange list {}", client.id);
                return Err(CliError::refused(message).hint(list));
            }
            save(act, &client, rules)
        })
    }
}
