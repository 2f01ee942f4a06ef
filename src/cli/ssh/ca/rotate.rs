//! `pocketid ssh ca rotate`

use super::{
    super::{
        super::{context::Context, error::CliError},
        enable::new_keys,
    },
    key_list::KeyList,
};
use crate::{
    crypto::ssh::SshCertificateKind,
    operations::ssh::{SshRefusal, ca_keys},
};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh ca rotate user
  pocketid ssh ca activate 0197a0c2-91c2-7cc3-9d1c-2f65a1d0d1f4
  pocketid ssh ca remove 01979bcf-5f44-7d1e-8b13-4f8d44a3a0b9";

/// Create the next key of an authority
///
/// It signs nothing yet, so that every host can learn of it: fetch the keys there again (pocketid ssh ca --only user-ca).
/// Then let it sign with `pocketid ssh ca activate`, and remove the old one when its certificates have expired.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Rotate {
    /// For whom it signs: user or host
    #[arg(value_name = "KIND", value_parser = parse_kind)]
    kind: SshCertificateKind,
}

fn parse_kind(text: &str) -> Result<SshCertificateKind, String> {
    SshCertificateKind::parse(text).ok_or_else(|| "user and host are known".to_owned())
}

impl Rotate {
    pub fn run(self, ctx: &Context) -> Result<KeyList, CliError> {
        let kind = self.kind;
        let store = ctx.existing_store()?;
        let (key, keys) = ctx.act(store, new_keys(ctx)?, move |act, new| {
            ca_keys::signing(act, kind)?.ok_or(SshRefusal::NotEnabled)?;
            let key = ca_keys::create(act, new, kind)?;
            Ok::<_, CliError>((key, ca_keys::shown(act)?))
        })?;
        ctx.report().note(format!(
            "The key {} signs nothing yet. When every host trusts it: pocketid ssh ca activate {0}",
            key.id
        ));
        Ok(KeyList(keys))
    }
}
