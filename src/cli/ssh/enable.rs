//! `pocketid ssh enable`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome},
    ca::KeyList,
};
use crate::operations::ssh::{self, SshSetup, ca_keys::NewSshCaKeys};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh enable
  pocketid ssh account create root --group admins
  pocketid ssh ca";

/// Turn SSH certificates on
///
/// Creates a key that signs certificates of users, one for hosts, and the client behind `pocketid ssh login`. Existing ones stay as they
/// are.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Enable {}

/// The keys of the authorities.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct EnabledSsh(KeyList);

impl Enable {
    pub fn run(self, ctx: &Context) -> Result<EnabledSsh, CliError> {
        let issuer =
            ctx.settings_for_addresses()?.app_url.as_str().trim_end_matches('/').to_owned();
        let store = ctx.existing_store()?;
        let setup = SshSetup { keys: new_keys(ctx)?, issuer };
        let (is_changed, keys) = ctx.act(store, setup, |act, setup| {
            let enabled = ssh::enable(act, setup)?;
            Ok::<_, CliError>((enabled.is_changed, ssh::ca_keys::shown(act)?))
        })?;
        ctx.report().note(if is_changed {
            "SSH certificates are enabled. Next: pocketid ssh account create ACCOUNT --group GROUP, \
             and pocketid ssh ca for the lines of the hosts."
        } else {
            "SSH certificates are enabled already; nothing was changed."
        });
        Ok(EnabledSsh(KeyList(keys)))
    }
}

/// Generates keys, sealed under the encryption key of the server.
pub fn new_keys(ctx: &Context) -> Result<NewSshCaKeys, CliError> {
    let master_key = ctx.master_key()?;
    NewSshCaKeys::generate(master_key).map_err(|error| CliError::refused(error.to_string()))
}

impl Outcome for EnabledSsh {
    fn write_text(&self, page: &mut Page) {
        self.0.write_text(page);
    }
}
