//! `pocketid session revoke`

use serde::Serialize;
use uuid::Uuid;

use super::{
    super::{context::Context, error::CliError, names::find_user, page::Page, report::Outcome},
    list::Listed,
};
use crate::{
    model::{AuditEvent, AuditEventId, EventKind, Session, SessionId, User, Username},
    store::{
        StoreError, Tx, audit_events, sessions,
        sign_out::{self, Ended},
    },
};

const EXAMPLES: &str = "\
Examples:
  pocketid session revoke 019abcde-1234-7000-8000-0123456789ab
  pocketid session revoke --all alice

For a device that was stolen: pocketid session revoke --all alice";

/// Sign a browser out, or all of a user's
///
/// As if its user had signed out there: applications that want to know are told, and what applications may do
/// while somebody is signed in ends. What they may do while the user is away (offline_access) goes on after one
/// session, and ends with --all; `pocketid grant revoke` ends one of them, and `pocketid user disable` ends
/// everything.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Revoke {
    /// Id of the session; `pocketid session list` shows it
    #[arg(value_name = "ID", required_unless_present = "all")]
    id: Option<SessionId>,
    /// Every session of this user: user name, e-mail address or id
    #[arg(long, value_name = "USER", conflicts_with = "id")]
    all: Option<String>,
    /// Do not ask: it never does
    #[arg(long, short)]
    yes: bool,
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
        let new_id = ctx.new_ids();
        let (ended, earlier) =
            ctx.existing_store()?.write_blocking(move |tx| self.end(tx, &event, &new_id))?;
        ctx.report().note(match (&ended[..], earlier) {
            ([], 0) => "No session was there; nothing was changed.".to_owned(),
            ([], grants) => format!("No session was there; ended {grants} grants of earlier ones."),
            ([(_, username)], _) => format!("Ended a session of {username}."),
            ([(_, username), ..], _) => format!("Ended {} sessions of {username}.", ended.len()),
        });
        Ok(Revoked(Listed(ended)))
    }

    /// Ends what is meant. Says which sessions these were, and how many grants ended.
    fn end(
        &self,
        tx: &mut Tx<'_>,
        event: &AuditEvent,
        new_id: &dyn Fn() -> Uuid,
    ) -> Result<(Vec<(Session, Username)>, usize), CliError> {
        let now = event.created_at;
        if let Some(name) = &self.all {
            let user = find_user(tx, name)?;
            let ended = end_all(tx, &user, event, new_id)?;
            let sessions = ended.sessions.into_iter();
            let sessions = sessions.map(|session| (session, user.username.clone())).collect();
            return Ok((sessions, ended.grants));
        }
        let found: Vec<_> = match self.id {
            Some(id) => sessions::find_by_id(tx, id, now)?.into_iter().collect(),
            None => Vec::new(),
        };
        if found.is_empty() && !self.if_present {
            return Err(CliError::refused("there is no such session, or it has ended")
                .hint("to see all of them: pocketid session list"));
        }
        for (session, _) in &found {
            sign_out::end_session(tx, session, new_id(), now)?;
            note(tx, session, event, new_id)?;
        }
        Ok((found, 0))
    }
}

/// Ends every session of a user, and notes each in the audit log.
pub fn end_all(
    tx: &mut Tx<'_>,
    user: &User,
    event: &AuditEvent,
    new_id: &dyn Fn() -> Uuid,
) -> Result<Ended, StoreError> {
    let ended = sign_out::end_sessions_of(tx, user.id, None, new_id, event.created_at)?;
    for session in &ended.sessions {
        note(tx, session, event, new_id)?;
    }
    Ok(ended)
}

/// A row for each: the event was drawn for one.
fn note(
    tx: &mut Tx<'_>,
    session: &Session,
    event: &AuditEvent,
    new_id: &dyn Fn() -> Uuid,
) -> Result<(), StoreError> {
    let (id, user_id) = (AuditEventId(new_id()), Some(session.user_id));
    audit_events::insert(tx, &AuditEvent { id, user_id, ..event.clone() })
}

impl Outcome for Revoked {
    /// Nothing: that they have ended was told already.
    fn write_text(&self, _page: &mut Page) {}
}
