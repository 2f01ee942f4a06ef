//! `pocketid passkey rename`

use serde::{Serialize, Serializer};

use super::{
    super::{
        context::Context,
        error::CliError,
        names::find_user,
        page::{Page, yes_no},
        report::Outcome,
    },
    find::find_passkey,
};
use crate::{
    model::{Passkey, PasskeyName, view::PasskeyView},
    operations::passkeys,
};

const EXAMPLES: &str = "\
Examples:
  pocketid passkey rename alice \"New passkey\" \"Work laptop\"";

/// Rename a passkey
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Rename {
    /// Username, email or id
    #[arg(value_name = "USER")]
    user: String,
    /// Name of the passkey if it is unique, or its id
    #[arg(value_name = "PASSKEY")]
    passkey: String,
    /// Its new name
    #[arg(value_name = "NAME")]
    name: PasskeyName,
}

/// The passkey under its new name.
#[derive(Debug)]
pub struct RenamedPasskey(Passkey);

impl Rename {
    pub fn run(self, ctx: &Context) -> Result<RenamedPasskey, CliError> {
        ctx.act(ctx.existing_store()?, self, |act, this| {
            let user = find_user(act, &this.user)?;
            let passkey = find_passkey(act, &user, &this.passkey)?;
            Ok::<_, CliError>(RenamedPasskey(passkeys::rename(
                act, user.id, passkey.id, &this.name,
            )?))
        })
    }
}

impl Serialize for RenamedPasskey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        PasskeyView::of(&self.0).serialize(serializer)
    }
}

impl Outcome for RenamedPasskey {
    fn write_text(&self, page: &mut Page) {
        let last_used =
            self.0.last_used_at.map_or_else(|| "never".to_owned(), |at| page.moment(at));
        page.fields(&[
            ("Name", self.0.name.to_string()),
            ("Synced", yes_no(self.0.backup_state)),
            ("Created", page.moment(self.0.created_at)),
            ("Last used", last_used),
            ("ID", self.0.id.to_string()),
        ]);
    }
}
