//! `pocketid client secret create`

use serde::{Serialize, Serializer};

use super::super::super::{
    context::Context,
    error::CliError,
    names::find_client,
    page::Page,
    report::Outcome,
    ttl::{self, Ttl},
};
use crate::{
    model::{
        Timestamp,
        view::{ClientSecretView, ClientSecretWithText},
    },
    operations::clients::{self, NewClientSecret, SecretDraft},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client secret create linkding
  pocketid client secret create linkding --expires 90d > linkding.secret

To replace a secret without a break: create a new one, give it to the application, and delete the old
one with `pocketid client secret delete`.";

/// Give a client one more secret
///
/// It is printed only once, alone on its line; only its digest is stored. The secrets that the client has
/// go on working.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Create {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
    /// How long it works, such as 30d, up to 3650d; for good unless given
    #[arg(long, value_name = "TIME", value_parser = ttl::parse_of_secret)]
    expires: Option<Ttl>,
}

/// A new secret, which is shown once.
#[derive(Debug)]
pub struct CreatedSecret {
    new: NewClientSecret,
    now: Timestamp,
}

impl Create {
    pub fn run(self, ctx: &Context) -> Result<CreatedSecret, CliError> {
        let expires_at = self.expires.map(|ttl| ctx.now().plus(ttl.seconds()));
        let draft = SecretDraft { secret: None, expires_at };
        let new = ctx.act(ctx.existing_store()?, (self.client, draft), |act, (name, draft)| {
            let client = find_client(act, name)?;
            Ok::<_, CliError>(clients::create_secret(act, &client, draft)?)
        })?;
        Ok(CreatedSecret { new, now: ctx.now() })
    }
}

impl Serialize for CreatedSecret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = ClientSecretView::of(&self.new.row, self.now);
        ClientSecretWithText { row, secret: self.new.secret.expose() }.serialize(serializer)
    }
}

impl Outcome for CreatedSecret {
    fn write_text(&self, page: &mut Page) {
        page.remark("Client secret, shown only once:");
        page.line(self.new.secret.expose());
    }
}
