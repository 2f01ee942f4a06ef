//! `pocketid client identity-assertion allow`

use super::{
    super::super::{context::Context, error::CliError, names::find_client},
    rules::{AssertionRuleList, save},
};
use crate::{
    model::{AssertionAudience, AssertionRule, ForeignClientId, ForeignResources, ForeignScope},
    store::identity_assertions,
};

const EXAMPLES: &str = "\
Examples:
  pocketid client identity-assertion allow wiki --audience https://auth.chat.example \\
      --client-id f53f191f9311af35 --scope 'chat.read chat.history'
  pocketid client identity-assertion allow agent --audience https://auth.tools.example \\
      --client-id 4960880b83dc9 --resource https://tools.example/mcp

The other server has to trust this one, and to know the client by that client ID.";

/// Let a client get assertions about its users for an authorization server elsewhere
///
/// That server gives the client access tokens for such an assertion, in place of a sign-in. A second
/// call for the same server replaces the first.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Allow {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
    /// Issuer of the other authorization server, as it spells it
    #[arg(long, value_name = "URL")]
    audience: AssertionAudience,
    /// Client ID that the client has there
    #[arg(long, value_name = "ID")]
    client_id: ForeignClientId,
    /// Most that an assertion may be for, separated by spaces; left to the other server unless given
    #[arg(long, value_name = "SCOPE", default_value = "", hide_default_value = true)]
    scope: ForeignScope,
    /// Resource that an assertion may be for; repeat for several; left to the other server unless
    /// given
    #[arg(long = "resource", value_name = "URL")]
    resources: Vec<String>,
}

impl Allow {
    pub fn run(self, ctx: &Context) -> Result<AssertionRuleList, CliError> {
        let issuer = ctx.settings()?.app_url.as_str().to_owned();
        let resources = ForeignResources::of(&self.resources)
            .map_err(|error| CliError::usage(format!("--resource {error}")))?;
        let rule = AssertionRule {
            audience: self.audience,
            client_id: self.client_id,
            scope: self.scope,
            resources,
        };
        let asked = (self.client, rule, issuer);
        ctx.act(ctx.existing_store()?, asked, |act, (name, rule, issuer)| {
            let client = find_client(act, name)?;
            let mut rules = identity_assertions::list_of_client(act, &client.id)?;
            rules.retain(|old| !old.is_about_same(rule));
            rules.push(rule.clone());
            save(act, &client, rules, issuer)
        })
    }
}
