//! `pocketid ssh disable`

use serde::Serialize;

use super::super::{context::Context, error::CliError, page::Page, prompt, report::Outcome};
use crate::operations::ssh::{self, SshRefusal};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh disable
  pocketid ssh disable --yes";

/// Turn SSH certificates off
///
/// Removes the keys of the authorities, so that hosts refuse every certificate as soon as they have fetched the revocation
/// list. Accounts stay for a time when it is turned on again. On a terminal the command asks first; elsewhere it wants
/// --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Disable {
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// SSH certificates are off.
#[derive(Debug, Serialize)]
pub struct DisabledSsh {
    enabled: bool,
}

impl Disable {
    pub fn run(self, ctx: &Context) -> Result<DisabledSsh, CliError> {
        let issuer = ctx.settings()?.app_url.as_str().trim_end_matches('/').to_owned();
        let store = ctx.existing_store()?;
        prompt::confirm(ctx, self.yes, "This revokes every SSH certificate, also those of hosts.")?;
        ctx.act(store, issuer, |act, issuer| {
            if ssh::disable(act, issuer)? {
                Ok::<_, CliError>(())
            } else {
                Err(SshRefusal::NotEnabled.into())
            }
        })?;
        ctx.report().note("SSH certificates are disabled.");
        Ok(DisabledSsh { enabled: false })
    }
}

impl Outcome for DisabledSsh {
    /// Prints nothing: a note has told it.
    fn write_text(&self, _page: &mut Page) {}
}
