//! `pocketid audit list`

use std::{collections::BTreeSet, time::Duration};

use serde::{Serialize, Serializer};

use super::{
    super::{
        column::TableColumn, context::Context, error::CliError, event_kind, globals::Output,
        names::find_user, page::Page, printable, report::Outcome, ttl, typed,
    },
    entry::{row, view},
};
use crate::{
    model::{AuditEventId, EventKind, LoggedEvent, Timestamp},
    store::{
        Store,
        audit_events::{self, Filter},
    },
};

const EXAMPLES: &str = "\
Examples:
  pocketid audit list --user alice --since 7d
  pocketid audit list --event SIGN_IN --event TOKEN_SIGN_IN --since 2026-11-24
  pocketid audit list --search 203.0.113.7
  pocketid audit list --follow
  pocketid audit list --limit 1000 --output json | jq -r '.[] | select(.actor == \"cli\") | .event'

Off a terminal the columns are separated by tabs and have no header. With --follow there is no header
either, and JSON is an object a line.";

/// The polling interval of --follow.
const INTERVAL: Duration = Duration::from_millis(500);
/// How many seconds --follow looks back: concurrent writes become visible in any order.
const OVERLAP: i64 = audit_events::LATE_SECONDS;
/// The maximum number of entries per query.
const MAX: i64 = 100_000;

/// Show the audit log, oldest first
///
/// Each sign-in, consent and change, with the user it concerns and the actor: a user in a browser
/// or with an API key, with their address; an administrator at the terminal (cli); a client by
/// itself; or the program. The server deletes entries after AUDIT_LOG_RETENTION_DAYS.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    /// Only about this user: username, email or id
    #[arg(long, value_name = "USER")]
    user: Option<String>,
    /// Only of this kind, such as SIGN_IN; repeat for several
    #[arg(long = "event", value_name = "KIND", value_parser = event_kind::parse)]
    events: Vec<EventKind>,
    /// Only since then: an age (2h, 7d), a date, or a time such as 2026-11-24T08:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = parse_since)]
    since: Option<Since>,
    /// Only with this text in it: in its kind, its details, its address, or the name of its user or
    /// actor
    #[arg(long, value_name = "TEXT")]
    search: Option<String>,
    /// Maximum number of entries, the newest ones
    #[arg(long, value_name = "NUMBER", default_value = "100",
          value_parser = |text: &str| typed::number(text, 1..=MAX))]
    limit: i64,
    /// Follow new entries, until Ctrl+C
    #[arg(long, short)]
    follow: bool,
}

/// The earliest time of the entries to show.
#[derive(Debug, Clone, Copy)]
enum Since {
    Ago(i64),
    Moment(Timestamp),
}

/// Entries, oldest first.
#[derive(Debug)]
pub struct AuditEventList(Vec<LoggedEvent>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<(), CliError> {
        let store = ctx.existing_store()?;
        let user_id = match &self.user {
            Some(name) => Some(store.read_blocking(|tx| find_user(tx, name))?.id),
            None => None,
        };
        let since = match self.since {
            None => Timestamp::from_unix(0),
            Some(Since::Ago(seconds)) => ctx.now().plus(-seconds),
            Some(Since::Moment(moment)) => moment,
        };
        let filter = Filter {
            user_id,
            kinds: self.events,
            search: self.search.filter(|text| !text.is_empty()),
            since,
            limit: self.limit,
        };
        if self.follow {
            return follow(ctx, store, filter);
        }
        ctx.report().result(&AuditEventList(list(store, &filter)?))
    }
}

fn list(store: &Store, filter: &Filter) -> Result<Vec<LoggedEvent>, CliError> {
    store.read_blocking(|tx| Ok(audit_events::list(tx, filter)?))
}

/// Prints the entries found and then new ones, until standard output is closed.
fn follow(ctx: &Context, store: &Store, mut filter: Filter) -> Result<(), CliError> {
    let begin = filter.since.max(ctx.now().plus(-OVERLAP));
    let mut looked_at = ctx.now();
    // Entries that --limit leaves out do not come later. They are read first, so that none which is written
    // meanwhile counts as left out.
    let recent = list(store, &Filter { since: begin, limit: MAX, ..filter.clone() })?;
    let mut events = list(store, &filter)?;
    let listed: BTreeSet<AuditEventId> = events.iter().map(|event| event.id).collect();
    let left_out = recent.iter().map(|event| event.id).filter(|id| !listed.contains(id));
    let mut seen: BTreeSet<AuditEventId> = left_out.collect();
    filter.limit = MAX;
    loop {
        for event in &events {
            if seen.insert(event.id) && !ctx.report().stream(&line(ctx, event))? {
                return Ok(());
            }
        }
        // Only ids that the next query can return again have to be remembered.
        filter.since = begin.max(looked_at.plus(-OVERLAP));
        let oldest = filter.since.as_unix_millis();
        seen.retain(|id| id.0.as_u128() >> 80 >= u128::from(oldest));
        std::thread::sleep(INTERVAL);
        looked_at = ctx.clock().now();
        events = wait_for(ctx, store, &filter)?;
    }
}

/// Lists entries. Waits while the database is away: what happens meanwhile is not missed, since `filter`
/// begins before that.
fn wait_for(ctx: &Context, store: &Store, filter: &Filter) -> Result<Vec<LoggedEvent>, CliError> {
    let mut was_told = false;
    loop {
        match store.read_blocking(|tx| audit_events::list(tx, filter)) {
            Err(error) if error.is_outage() => {
                if !was_told {
                    ctx.report().note(format!("The database is away: {error}. Waiting for it."));
                    was_told = true;
                }
                std::thread::sleep(INTERVAL);
            }
            result => return Ok(result?),
        }
    }
}

fn line(ctx: &Context, event: &LoggedEvent) -> String {
    match ctx.report().output() {
        Output::Json => {
            let json = serde_json::to_string(&view(event));
            printable::json(&json.expect("an entry is a plain tree of texts")) + "\n"
        }
        Output::Text | Output::Env => {
            let cells = row(&ctx.report().page(), event);
            cells.each_ref().map(|cell| printable::value(cell)).join("\t") + "\n"
        }
    }
}

fn parse_since(text: &str) -> Result<Since, &'static str> {
    match ttl::parse_ago(text) {
        Some(seconds) => Ok(Since::Ago(seconds)),
        None => text
            .parse()
            .map(Since::Moment)
            .map_err(|_| "write it as in 2h, 7d, 2026-11-24 or 2026-11-24T08:00:00Z"),
    }
}

impl Serialize for AuditEventList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(view))
    }
}

impl Outcome for AuditEventList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("No entries.");
        }
        let rows = self.0.iter().map(|event| row(page, event)).collect();
        page.table(
            [
                TableColumn::whole("WHEN"),
                TableColumn::whole("EVENT"),
                TableColumn::text("USER").of_importance(4),
                TableColumn::text("BY").of_importance(2),
                TableColumn::text("FROM").of_importance(1),
                TableColumn::text("DETAILS").of_importance(3),
            ],
            rows,
        );
    }
}
