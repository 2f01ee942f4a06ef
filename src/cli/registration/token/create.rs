//! `pocketid registration token create`

use super::{
    super::super::{
        context::Context,
        error::CliError,
        ttl::{self, Ttl},
    },
    new_token::PrintedRegistrationToken,
};
use crate::{
    model::{ConfigKey, RegistrationTokenName},
    operations::registration_tokens::{self as operations, RegistrationTokenDraft},
    store::registration_tokens,
};

const EXAMPLES: &str = "\
Examples:
  pocketid registration token create agents
  umask 077; pocketid registration token create ci --expires 30d > ci.token";

/// Create a registration token
///
/// An initial access token of RFC 7591. It is printed only once, alone on its line; only its digest is stored. Its
/// holder can register clients at APP_URL/api/oidc/register, which need no approval, while dynamicClientRegistration
/// is token or approval. At most 100 of its clients may be unused at a time.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Name of the program that will use it
    #[arg(value_name = "NAME")]
    name: RegistrationTokenName,
    /// How long it works, up to 3650d; until it is deleted if left out
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_secret)]
    expires: Option<Ttl>,
    /// Do nothing when a token of this name exists
    #[arg(long)]
    if_absent: bool,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<PrintedRegistrationToken, CliError> {
        let name = self.name.clone();
        // Read before: a token that is stored must be printed.
        let mode = ctx.app_config()?;
        let printed = ctx.act(ctx.existing_store()?, self, |act, asked| {
            let existing = registration_tokens::find_by_name(act, &asked.name)?;
            if let Some(row) = existing.filter(|_| asked.if_absent) {
                return Ok::<_, CliError>(PrintedRegistrationToken { row, token: None });
            }
            let now = act.now();
            let expires_at = asked.expires.map(|ttl| now.plus(ttl.seconds()));
            let draft = RegistrationTokenDraft { name: asked.name.clone(), expires_at };
            let new = operations::create(act, &draft)?;
            Ok(PrintedRegistrationToken { row: new.row, token: Some(new.token) })
        })?;
        if printed.token.is_none() {
            ctx.report().note(format!(
                "The registration token {name} already exists; nothing was changed."
            ));
        }
        if mode.text(ConfigKey::DynamicClientRegistration) == "off" {
            ctx.report().note(
                "No client can register itself yet; to let those with a token do so: pocketid config \
                 set dynamicClientRegistration token",
            );
        }
        Ok(printed)
    }
}
