//! `pocketid webhook rotate-secret`

use super::{
    super::{context::Context, error::CliError},
    shown::{WebhookWithSecret, find},
};
use crate::operations::webhooks::{self, OVERLAP_HOURS};

const EXAMPLES: &str = "\
Examples:
  pocketid webhook rotate-secret alerts
  umask 077; pocketid webhook rotate-secret alerts > webhook.secret";

/// Give a webhook a new secret
///
/// It is printed only once, alone on its line. For 24 hours messages are signed with both secrets, so that the
/// receiver can be changed without losing any. The secret before the previous one ends at once: rotate twice
/// if a secret has leaked.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct RotateSecret {
    /// Name or id
    #[arg(value_name = "WEBHOOK")]
    webhook: String,
}

impl RotateSecret {
    pub fn run(self, ctx: &Context) -> Result<WebhookWithSecret, CliError> {
        let input = (self.webhook, ctx.master_key()?);
        let rotated = ctx.act(ctx.existing_store()?, input, |act, (name, master_key)| {
            let webhook = find(act, name)?;
            let rotated = webhooks::rotate_secret(act, webhook.id, master_key)?;
            Ok::<_, CliError>(WebhookWithSecret {
                webhook: rotated.webhook,
                secret: Some(rotated.secret),
            })
        })?;
        if rotated.webhook.previous.is_some() {
            ctx.report()
                .note(format!("The previous secret signs, too, for {OVERLAP_HOURS} hours."));
        }
        Ok(rotated)
    }
}
