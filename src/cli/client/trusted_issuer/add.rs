//! `pocketid client trusted-issuer add`

use super::{
    super::super::{context::Context, error::CliError, names::find_client},
    issuers::{IssuerList, refused, save},
};
use crate::model::TrustedIssuer;

const EXAMPLES: &str = "\
Examples:
  pocketid client trusted-issuer add assistant --issuer https://login.example.org
  pocketid client trusted-issuer add assistant --issuer https://login.example.org \\
      --jwks https://login.example.org/keys

Only members of the groups of the client get tokens this way. It needs a group:
  pocketid client update assistant --group staff

It also needs access to an API on behalf of users:
  pocketid api grant https://notes.example.com assistant --permission notes:read";

/// Let an issuer say for which users a client gets tokens
///
/// The issuer is another identity provider, where the users sign in. The client brings an identity
/// assertion (ID-JAG) of it, which names a user by a verified email address, and gets an access
/// token of that user without a sign-in here. Whoever controls the issuer gets tokens of every
/// member of the groups of the client. A second call for the same issuer replaces the first.
#[derive(Debug, Clone, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Add {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
    /// Address of the issuer, as its assertions have it (iss)
    #[arg(long, value_name = "URL", value_parser = TrustedIssuer::parse_address)]
    issuer: String,
    /// Address of its keys, unless it is /.well-known/jwks.json of the issuer
    #[arg(long, value_name = "URL", value_parser = TrustedIssuer::parse_address)]
    jwks: Option<String>,
}

impl Add {
    pub fn run(self, ctx: &Context) -> Result<IssuerList, CliError> {
        let new = TrustedIssuer::new(self.issuer.clone(), self.jwks.clone())
            .map_err(|error| refused(&error))?;
        let own = ctx.settings()?.app_url.as_str().to_owned();
        ctx.act(ctx.existing_store()?, self, move |act, asked| {
            let client = find_client(act, &asked.client)?;
            let mut issuers = client.trusted_issuers.clone();
            issuers.retain(|old| old.issuer != new.issuer);
            issuers.push(new.clone());
            save(act, &client, issuers, &own)
        })
    }
}
