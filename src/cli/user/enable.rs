//! `pocketid user enable`

use super::{
    super::{context::Context, error::CliError, names::find_user},
    show::Shown,
};
use crate::{
    model::{AuditEvent, EventKind},
    store::{audit_events, sign_out, users},
};

const EXAMPLES: &str = "\
Examples:
  pocketid user enable alice";

/// Let somebody who was disabled sign in again
///
/// With the passkeys that they had, and with nothing else: sessions, keys of the REST API and one-time links
/// from before stay ended.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Enable {
    /// User name, e-mail address or id
    #[arg(value_name = "USER")]
    name: String,
}

impl Enable {
    pub fn run(self, ctx: &Context) -> Result<Shown, CliError> {
        let event = ctx.event(EventKind::AccountEnabled, None, []);
        let (now, new_id) = (ctx.now(), ctx.new_ids());
        let (shown, already) = ctx.existing_store()?.write_blocking(move |tx| {
            let mut user = find_user(tx, &self.name)?;
            let already = !user.disabled;
            if !already {
                user.disabled = false;
                users::update(tx, &user, now)?;
                // Not every account that is disabled was disabled by this version of the program: a backup, a
                // Pocket ID and an older version leave keys and links behind.
                sign_out::end_everything_of(tx, user.id, &new_id, now)?;
                audit_events::insert(tx, &AuditEvent { user_id: Some(user.id), ..event.clone() })?;
            }
            Ok::<_, CliError>((Shown::load(tx, user)?, already))
        })?;
        if already {
            let username = shown.username();
            ctx.report().note(format!("{username} is enabled already; nothing was changed."));
        }
        Ok(shown)
    }
}
