//! `pocketid grant revoke`

use serde::Serialize;

use super::{
    super::{
        context::Context,
        error::CliError,
        names::{find_client, find_user},
        page::Page,
        prompt,
        report::Outcome,
    },
    list::Listed,
};
use crate::{
    model::{AuditEvent, ClientId, EventKind, GrantId, Timestamp},
    store::{
        Tx, audit_events,
        consents::{self, Consent},
        grants,
        live_grants::{self, LiveGrant},
        sign_out,
    },
};

const EXAMPLES: &str = "\
Examples:
  pocketid grant revoke 019abcde-1234-7000-8000-0123456789ab
  pocketid grant revoke --all alice --client Grafana --yes
  pocketid grant revoke --all alice --yes

To sign the browsers of somebody out as well: pocketid session revoke --all alice";

/// End what an application may do for a user
///
/// Its access and refresh tokens are refused from now on, with offline_access as well. An access token for an
/// API (a JWT) is good there until it expires, unless the API asks us. With --all it is also forgotten what
/// the user allowed, so that applications ask again. On a terminal --all asks first; elsewhere it wants
/// --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Revoke {
    /// Id of the grant; `pocketid grant list` shows it
    #[arg(value_name = "ID", required_unless_present = "all")]
    id: Option<GrantId>,
    /// Every grant of this user: username, email or id
    #[arg(long, value_name = "USER", conflicts_with = "id")]
    all: Option<String>,
    /// Of these, only those of this client: ID, or the name when only one client has it
    #[arg(long, value_name = "CLIENT", requires = "all")]
    client: Option<String>,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such grant
    #[arg(long)]
    if_present: bool,
}

/// The grants that have ended.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct Revoked(Listed);

/// What is to end.
struct Found {
    grants: Vec<LiveGrant>,
    /// What is to be forgotten.
    consents: Vec<Consent>,
}

impl Revoke {
    pub fn run(self, ctx: &Context) -> Result<Revoked, CliError> {
        let store = ctx.existing_store()?;
        let now = ctx.now();
        let found = store.read_blocking(|tx| self.find(tx, now))?;
        if let Some(consequence) = found.consequence() {
            prompt::confirm(ctx, self.yes || self.all.is_none(), &consequence)?;
        }
        let event = ctx.event(EventKind::GrantRevoked, None, []);
        let new_id = ctx.new_ids();
        let ended = store.write_blocking(move |tx| {
            // Looked for again: somebody may have been asked meanwhile.
            let found = self.find(tx, now)?;
            for consent in &found.consents {
                sign_out::end_access(tx, consent.user_id, &consent.client_id, now)?;
            }
            for grant in &found.grants {
                grants::revoke(tx, grant.id, now)?;
                let data = [("clientName", grant.client_name.to_string())].into();
                let user_id = Some(grant.user_id);
                let mut event = AuditEvent { user_id, data, ..event.clone() };
                // A row for each: the id was drawn for one.
                event.id.0 = new_id();
                audit_events::insert(tx, &event)?;
            }
            Ok::<_, CliError>(found)
        })?;
        ctx.report().note(match (&ended.grants[..], &ended.consents[..]) {
            ([], []) => "No grant was there; nothing was changed.".to_owned(),
            ([], _) => "No grant was there; the applications will ask again.".to_owned(),
            ([one], _) => format!("Ended a grant of {} to {}.", one.username, one.client_name),
            ([first, ..], _) => {
                format!("Ended {} grants of {}.", ended.grants.len(), first.username)
            }
        });
        Ok(Revoked(Listed(ended.grants)))
    }

    fn find(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<Found, CliError> {
        if let Some(name) = &self.all {
            let user = find_user(tx, name)?;
            let client = self.client.as_deref().map(|name| find_client(tx, name)).transpose()?;
            let is_meant = |id: &ClientId| client.as_ref().is_none_or(|client| client.id == *id);
            let mut grants = live_grants::list_of_user(tx, user.id, now)?;
            grants.retain(|grant| is_meant(&grant.client_id));
            let mut consents = consents::list_of_user(tx, user.id)?;
            consents.retain(|consent| is_meant(&consent.client_id));
            return Ok(Found { grants, consents });
        }
        let found = match self.id {
            Some(id) => live_grants::find(tx, id, now)?,
            None => None,
        };
        if found.is_none() && !self.if_present {
            return Err(CliError::refused("there is no such grant, or it has ended")
                .hint("to see all of them: pocketid grant list"));
        }
        Ok(Found { grants: found.into_iter().collect(), consents: Vec::new() })
    }
}

impl Found {
    /// For whoever is asked; nothing when there is nothing to end.
    fn consequence(&self) -> Option<String> {
        let count = self.grants.len();
        let (first, consents) = (self.grants.first(), self.consents.len());
        match first {
            Some(grant) => Some(format!(
                "This ends {count} grants of {}; the applications will ask again.",
                grant.username
            )),
            None if consents > 0 => {
                Some(format!("This makes {consents} applications ask their user again."))
            }
            None => None,
        }
    }
}

impl Outcome for Revoked {
    /// Nothing: that they have ended was told already.
    fn write_text(&self, _page: &mut Page) {}
}
