//! `pocketid passkey remove`

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::CliError,
        names::find_user,
        removal::{self, Removal, RemovalOptions},
        removed::Removed,
    },
    find::{find_passkey_opt, no_passkey},
};
use crate::{
    model::{Passkey, PasskeyId, PasskeyName, Username},
    operations::{Refusal, passkeys, sessions},
    store::{Store, Tx},
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
    #[command(flatten)]
    options: RemovalOptions,
}

/// The removed passkey.
#[derive(Debug, Serialize)]
pub struct GonePasskey {
    id: PasskeyId,
    name: PasskeyName,
}

impl Remove {
    pub fn run(self, ctx: &Context) -> Result<Removed<GonePasskey>, CliError> {
        removal::run(ctx, &self)
    }
}

/// A passkey with the name of its owner.
#[derive(Debug)]
pub struct OwnedPasskey {
    passkey: Passkey,
    username: Username,
}

impl Removal for Remove {
    type Thing = OwnedPasskey;
    type Gone = GonePasskey;

    fn options(&self) -> RemovalOptions {
        self.options
    }

    fn find(&self, tx: &mut Tx<'_>) -> Result<Option<OwnedPasskey>, CliError> {
        let user = find_user(tx, &self.user)?;
        let passkey = find_passkey_opt(tx, &user, &self.passkey)?;
        Ok(passkey.map(|passkey| OwnedPasskey { passkey, username: user.username }))
    }

    fn missing(&self, tx: &mut Tx<'_>) -> Result<CliError, CliError> {
        let user = find_user(tx, &self.user)?;
        Ok(no_passkey(tx, &user, &self.passkey)?)
    }

    fn consequence(&self, found: &OwnedPasskey) -> String {
        format!("This removes the passkey {} of {}.", found.passkey.name, found.username)
    }

    fn remove(
        &self,
        ctx: &Context,
        store: &Store,
        found: OwnedPasskey,
    ) -> Result<GonePasskey, CliError> {
        let OwnedPasskey { passkey, username } = found;
        let (user_id, ends_sessions) = (passkey.user_id, self.end_sessions);
        let removed = ctx.act(store, passkey.id, move |act, id| {
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
        Ok(GonePasskey { id: passkey.id, name: passkey.name })
    }
}
