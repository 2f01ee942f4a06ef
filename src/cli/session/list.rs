//! `pocketid session list`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn, context::Context, error::CliError, listing::Listing, names::find_user,
    page::Page, report::Outcome,
};
use crate::{
    model::{ConfigKey, Session, Username, view::SessionView},
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
  pocketid session list --search 203.0.113.7 --limit 10

Off a terminal the columns are separated by tabs and have no header.";

/// List the sessions
///
/// --search looks at usernames, addresses, and the names that browsers give themselves.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Only those of this user: username, email or id
    #[arg(value_name = "USER")]
    name: Option<String>,
    #[command(flatten)]
    listing: Listing,
}

/// Sessions with the names of their users.
#[derive(Debug)]
pub struct SessionList {
    sessions: Vec<(Session, Username)>,
    is_searched: bool,
    demands_keys: bool,
}

impl List {
    pub fn run(self, ctx: &Context) -> Result<SessionList, CliError> {
        let demands_keys = ctx.app_config()?.flag(ConfigKey::DeviceBoundSessions);
        ctx.existing_store()?.read_blocking(|tx| {
            let user = self.name.as_deref().map(|name| find_user(tx, name)).transpose()?;
            let query = self.listing.query().only("userId", user.map(|user| user.id));
            let sessions = sessions::first(tx, &query, ctx.now())?;
            Ok(SessionList { sessions, is_searched: self.listing.is_search(), demands_keys })
        })
    }
}

impl SessionList {
    /// A list of sessions without a search.
    pub fn of(sessions: Vec<(Session, Username)>, demands_keys: bool) -> Self {
        Self { sessions, is_searched: false, demands_keys }
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
        let rows = self.sessions.iter();
        serializer.collect_seq(rows.map(|(session, username)| Row {
            username,
            session: SessionView::of(session, self.demands_keys),
        }))
    }
}

impl Outcome for SessionList {
    fn write_text(&self, page: &mut Page) {
        if self.sessions.is_empty() {
            return page.remark(if self.is_searched {
                "No session has this text in its username, address or browser."
            } else {
                "There are no sessions."
            });
        }
        let messages = Messages::of(Locale::En);
        let rows = self.sessions.iter().map(|(session, username)| {
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
