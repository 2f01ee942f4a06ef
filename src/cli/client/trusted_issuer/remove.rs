//! `pocketid client trusted-issuer remove`

use super::{
    super::super::{context::Context, error::CliError, names::find_client},
    issuers::{IssuerList, save},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client trusted-issuer remove assistant --issuer https://login.example.org";

/// No longer let an issuer say for which users a client gets tokens
///
/// Tokens that the client got this way end at once. With the last client that trusts the issuer, it is
/// forgotten which of its users is which user here.
#[derive(Debug, Clone, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Remove {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
    /// Address of the issuer
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// Do nothing when the client does not trust it
    #[arg(long)]
    if_present: bool,
}

impl Remove {
    pub fn run(self, ctx: &Context) -> Result<IssuerList, CliError> {
        let own = ctx.settings()?.app_url.as_str().to_owned();
        ctx.act(ctx.existing_store()?, self, move |act, asked| {
            let client = find_client(act, &asked.client)?;
            let mut issuers = client.trusted_issuers.clone();
            issuers.retain(|one| one.issuer != asked.issuer);
            if issuers.len() == client.trusted_issuers.len() && !asked.if_present {
                let message = format!("{} does not trust this issuer", client.id);
                let list = format!(
                    "to list those it trusts: pocketid client trusted-issuer list {}",
                    client.id
                );
                return Err(CliError::refused(message).hint(list));
            }
            save(act, &client, issuers, &own)
        })
    }
}
