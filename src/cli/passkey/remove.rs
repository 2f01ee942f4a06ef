//! `pocketid passkey remove`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, names::find_user, prompt, removed::Removed},
    find::{exists, find_passkey},
};
use crate::{
    model::{PasskeyId, PasskeyName},
    operations::{Refusal, passkeys, sessions},
};

const EXAMPLES: &str = r#"Examples:
  pocketid passkey remove alice "Old phone"
  pocketid passkey remove alice "Old phone" --yes --if-present

For a stolen device, end its sessions and grants as well:
  pocketid passkey remove alice "Old phone" --end-sessions"#;

/// Remove a passkey
///
/// It no longer signs its user in; browsers that are signed in stay so, unless --end-sessions is
/// given. On a terminal it asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Remove {
    /// Username, email or id
    #[arg(value_name = "USER")]
    user: String,
    /// Name of the passkey if it is unique, or its id
    #[arg(value_name = "PASSKEY")]
    passkey: String,
    /// Also end all sessions and grants of the user
    #[arg(long)]
    end_sessions: bool,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when the user has no such passkey
    #[arg(long)]
    if_present: bool,
}

/// The removed passkey.
#[derive(Debug, Serialize)]
pub struct GonePasskey {
    id: PasskeyId,
    name: PasskeyName,
}

impl Remove {
    pub fn run(self, ctx: &Context) -> Result<Removed<GonePasskey>, CliError> {
        let store = ctx.existing_store()?;
        let (user, found) = store.read_blocking(|tx| {
            let user = find_user(tx, &self.user)?;
            let is_missing = self.if_present && !exists(tx, &user, &self.passkey)?;
            let found =
                if is_missing { None } else { Some(find_passkey(tx, &user, &self.passkey)?) };
            Ok::<_, CliError>((user, found))
        })?;
        let username = &user.username;
        let Some(passkey) = found else {
            let message =
                format!("{username} has no passkey {}; nothing was changed.", self.passkey);
            ctx.report().note(message);
            return Ok(Removed(None));
        };
        let consequence = format!("This removes the passkey {} of {username}.", passkey.name);
        prompt::confirm(ctx, self.yes, &consequence)?;
        let (id, user_id, ends_sessions) = (passkey.id, user.id, self.end_sessions);
        let removed = ctx.act(store, id, move |act, id| {
            let removed = passkeys::remove(act, user_id, *id)?;
            if ends_sessions {
                sessions::revoke_all(act, user_id, None)?;
            }
            Ok::<_, Refusal>(removed)
        })?;
        ctx.report().note(format!("Removed the passkey {} of {username}.", passkey.name));
        if removed.was_last {
            ctx.report().warn(format!(
                "{username} no longer has a passkey; to let them create one: pocketid recover \
                 {username}"
            ));
        }
        Ok(Removed(Some(GonePasskey { id: passkey.id, name: passkey.name })))
    }
}
