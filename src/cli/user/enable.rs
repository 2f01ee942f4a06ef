//! `pocketid user enable`

use super::{
    super::{context::Context, error::CliError, names::find_user},
    show::Shown,
};
use crate::{
    model::{AuditEvent, EventKind},
    store::{audit_events, users},
};

const EXAMPLES: &str = "\
Examples:
  pocketid user enable alice";

/// Let somebody who was disabled sign in again
///
/// With the passkeys that they had. What was ended when they were disabled stays ended.
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
        let now = ctx.now();
        let (shown, already) = ctx.existing_store()?.write_blocking(move |tx| {
            let mut user = find_user(tx, &self.name)?;
            let already = !user.disabled;
            if !already {
                user.disabled = false;
                users::update(tx, &user, now)?;
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
