//! `pocketid session revoke`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, names::find_user, page::Page, report::Outcome},
    list::Listed,
};
use crate::{
    model::{AuditEvent, EventKind, Session, SessionId, Timestamp, Username},
    store::{Tx, audit_events, sessions, sign_out},
};

const EXAMPLES: &str = "\
Examples:
  pocketid session revoke 019abcde-1234-7000-8000-0123456789ab
  pocketid session revoke --all alice";

/// Sign a browser out, or all of a user's
///
/// As if its user had signed out there: applications that want to know are told. What applications may do
/// while the user is away goes on; `pocketid user disable` ends that, too.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Revoke {
    /// Id of the session; `pocketid session list` shows it
    #[arg(value_name = "ID", required_unless_present = "all")]
    id: Option<SessionId>,
    /// Every session of this user: user name, e-mail address or id
    #[arg(long, value_name = "USER", conflicts_with = "id")]
    all: Option<String>,
    /// Do nothing when there is no such session
    #[arg(long)]
    if_present: bool,
}

/// The sessions that have ended.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Revoked(Listed);

impl Revoke {
    pub fn run(self, ctx: &Context) -> Result<Revoked, CliError> {
        let event = ctx.event(EventKind::SessionRevoked, None, []);
        let (now, new_id) = (ctx.now(), ctx.new_ids());
        let ended = ctx.existing_store()?.write_blocking(move |tx| {
            let found = self.find(tx, now)?;
            for (session, _) in &found {
                sign_out::end_session(tx, session, None, new_id(), now)?;
                let mut event = AuditEvent { user_id: Some(session.user_id), ..event.clone() };
                // A row for each: the id was drawn for one.
                event.id.0 = new_id();
                audit_events::insert(tx, &event)?;
            }
            Ok::<_, CliError>(found)
        })?;
        match &ended[..] {
            [] => ctx.report().note("No session was there; nothing was changed."),
            [(_, username)] => ctx.report().note(format!("Ended a session of {username}.")),
            [(_, username), ..] => {
                ctx.report().note(format!("Ended {} sessions of {username}.", ended.len()));
            }
        }
        Ok(Revoked(Listed(ended)))
    }

    fn find(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<(Session, Username)>, CliError> {
        let found: Vec<_> = match (&self.all, self.id) {
            (Some(name), _) => {
                let user = find_user(tx, name)?;
                let sessions = sessions::list_of_user(tx, user.id, now)?.into_iter();
                return Ok(sessions.map(|session| (session, user.username.clone())).collect());
            }
            (None, Some(id)) => sessions::find_by_id(tx, id, now)?.into_iter().collect(),
            (None, None) => Vec::new(),
        };
        if found.is_empty() && !self.if_present {
            return Err(CliError::refused("there is no such session, or it has ended")
                .hint("to see all of them: pocketid session list"));
        }
        Ok(found)
    }
}

impl Outcome for Revoked {
    /// Nothing: that they have ended was told already.
    fn write_text(&self, _page: &mut Page) {}
}
