//! `pocketid session list`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn, context::Context, error::CliError, names::find_user, page::Page,
    report::Outcome,
};
use crate::{
    model::{Session, Username, view::SessionView},
    server::{
        messages::{Locale, Messages},
        pages::describe_browser,
    },
    store::sessions,
};

const EXAMPLES: &str = "\
Examples:
  pocketid session list
  pocketid session list alice --output json

Off a terminal the columns are separated by tabs and have no header.";

/// List the sessions
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Only those of this user: username, email or id
    #[arg(value_name = "USER")]
    name: Option<String>,
}

/// Sessions with the names of their users.
#[derive(Debug)]
pub struct SessionList(pub Vec<(Session, Username)>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<SessionList, CliError> {
        ctx.existing_store()?.read_blocking(|tx| match &self.name {
            None => Ok(SessionList(sessions::list(tx, ctx.now())?)),
            Some(name) => {
                let user = find_user(tx, name)?;
                let sessions = sessions::list_of_user(tx, user.id, ctx.now())?.into_iter();
                Ok(SessionList(sessions.map(|session| (session, user.username.clone())).collect()))
            }
        })
    }
}

#[derive(Debug, Serialize)]
struct Row<'a> {
    username: &'a Username,
    #[serde(flatten)]
    session: SessionView,
}

impl Serialize for SessionList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rows = self.0.iter();
        serializer.collect_seq(
            rows.map(|(session, username)| Row { username, session: SessionView::of(session) }),
        )
    }
}

impl Outcome for SessionList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("There are no sessions.");
        }
        let messages = Messages::of(Locale::En);
        let rows = self.0.iter().map(|(session, username)| {
            [
                username.to_string(),
                describe_browser(&session.user_agent, messages),
                session.ip_address.clone(),
                page.moment_cell(session.created_at),
                page.moment_cell(session.last_used_at),
                session.id.to_string(),
            ]
        });
        let header = [
            TableColumn::text("USERNAME"),
            TableColumn::text("BROWSER").of_importance(3),
            TableColumn::whole("ADDRESS").of_importance(2),
            TableColumn::whole("SIGNED IN").of_importance(1),
            TableColumn::whole("LAST USED").of_importance(4),
            TableColumn::whole("ID"),
        ];
        page.table(header, rows.collect());
    }
}
