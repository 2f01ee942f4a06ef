//! `pocketid passkey list`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn, context::Context, error::CliError, names::find_user, page::Page,
    report::Outcome,
};
use crate::{
    model::{Passkey, Username, view::PasskeyView},
    store::passkeys,
};

const EXAMPLES: &str = "\
Examples:
  pocketid passkey list alice
  pocketid passkey list alice --output json | jq -r '.[].name'

Off a terminal the columns are separated by tabs and have no header.";

/// List the passkeys of a user
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Username, email or id
    #[arg(value_name = "USER")]
    name: String,
}

/// The passkeys of a user, oldest first.
#[derive(Debug)]
pub struct PasskeyList {
    username: Username,
    passkeys: Vec<Passkey>,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<PasskeyList, CliError> {
        ctx.existing_store()?.read_blocking(|tx| {
            let user = find_user(tx, &self.name)?;
            let passkeys = passkeys::list_of_user(tx, user.id)?;
            Ok(PasskeyList { username: user.username, passkeys })
        })
    }
}

impl Serialize for PasskeyList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.passkeys.iter().map(PasskeyView::of))
    }
}

impl Outcome for PasskeyList {
    fn write_text(&self, page: &mut Page) {
        if self.passkeys.is_empty() {
            let name = &self.username;
            return page.remark(format!(
                "{name} has no passkey. To let them create one: pocketid recover {name}"
            ));
        }
        let rows = self.passkeys.iter().map(|passkey| {
            [
                passkey.name.to_string(),
                if passkey.backup_state { "synced" } else { "on one device" }.to_owned(),
                page.moment_cell(passkey.created_at),
                passkey.last_used_at.map_or_else(|| "never".to_owned(), |at| page.moment_cell(at)),
                passkey.id.to_string(),
            ]
        });
        page.table(
            [
                TableColumn::text("NAME"),
                TableColumn::whole("KIND").of_importance(1),
                TableColumn::whole("CREATED").of_importance(2),
                TableColumn::whole("LAST USED").of_importance(3),
                TableColumn::whole("ID"),
            ],
            rows.collect(),
        );
    }
}
