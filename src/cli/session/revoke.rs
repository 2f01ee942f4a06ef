//! `pocketid session revoke`

use serde::Serialize;

use super::{
    super::{
        context::Context, error::CliError, names::find_user, page::Page, report::Outcome, typed,
    },
    list::SessionList,
};
use crate::{
    model::{ConfigKey, Session, SessionId, Username},
    operations::{self, Act},
    store::sessions,
};

const EXAMPLES: &str = "\
Examples:
  pocketid session revoke 019abcde-1234-7000-8000-0123456789ab
  pocketid session revoke --all alice

For a stolen device: pocketid session revoke --all alice";

/// End a session, or all sessions of a user
///
/// As if its user had signed out there: applications that want to know are told, and grants that
/// depend on the session end. Grants with offline_access go on after one session, and end with
/// --all; `pocketid grant revoke` ends one of them, and `pocketid user disable` ends everything.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    group = clap::ArgGroup::new("which").required(true).args(["id", "all"])
)]
pub struct Revoke {
    /// Id of the session; `pocketid session list` shows it
    #[arg(value_name = "ID", value_parser = |text: &str| typed::id::<SessionId>(text, "pocketid session list"))]
    id: Option<SessionId>,
    /// Every session of this user: username, email or id
    #[arg(long, value_name = "USER")]
    all: Option<String>,
    /// Accepted and ignored: it never asks
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such session
    #[arg(long)]
    if_present: bool,
}

/// The ended sessions.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct EndedSessions(SessionList);

impl Revoke {
    pub fn run(self, ctx: &Context) -> Result<EndedSessions, CliError> {
        let (ended, earlier) = ctx.act(ctx.existing_store()?, self, |act, this| this.end(act))?;
        ctx.report().note(match (&ended[..], earlier) {
            ([], 0) => "There was no session; nothing was changed.".to_owned(),
            ([], grants) => {
                format!("There was no session; ended {grants} grants of earlier sessions.")
            }
            ([(_, username)], _) => format!("Ended a session of {username}."),
            ([(_, username), ..], _) => format!("Ended {} sessions of {username}.", ended.len()),
        });
        let demands_keys = ctx.app_config()?.flag(ConfigKey::DeviceBoundSessions);
        Ok(EndedSessions(SessionList::of(ended, demands_keys)))
    }

    /// Ends the sessions. Returns them and the number of ended grants.
    fn end(&self, act: &mut Act<'_, '_>) -> Result<(Vec<(Session, Username)>, usize), CliError> {
        if let Some(name) = &self.all {
            let user = find_user(act, name)?;
            let ended = operations::sessions::revoke_all(act, user.id, None)?;
            let sessions = ended.sessions.into_iter();
            let sessions = sessions.map(|session| (session, user.username.clone())).collect();
            return Ok((sessions, ended.grants));
        }
        let now = act.now();
        let found = match self.id {
            Some(id) => sessions::find_by_id(act, id, now)?,
            None => None,
        };
        let Some((session, username)) = found else {
            if self.if_present {
                return Ok((Vec::new(), 0));
            }
            return Err(CliError::refused("this session does not exist, or has ended")
                .hint("to list them: pocketid session list"));
        };
        operations::sessions::revoke(act, session.user_id, session.id)?;
        Ok((vec![(session, username)], 0))
    }
}

impl Outcome for EndedSessions {
    /// Prints nothing: a note has already reported the result.
    fn write_text(&self, _page: &mut Page) {}
}
