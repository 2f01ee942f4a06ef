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
        typed,
    },
    list::GrantList,
};
use crate::{
    model::{ClientId, GrantId, Timestamp},
    operations::{self, Act, grants::RevokedGrants},
    store::{Tx, consents, live_grants},
};

const EXAMPLES: &str = "\
Examples:
  pocketid grant revoke 019abcde-1234-7000-8000-0123456789ab
  pocketid grant revoke --all alice --client Grafana --yes
  pocketid grant revoke --all alice --yes

To end the sessions of the user as well: pocketid session revoke --all alice";

/// End what an application may do for a user
///
/// Its access and refresh tokens are refused from now on, with offline_access as well. An access
/// token for an API (a JWT) is valid there until it expires, unless the API introspects it. With
/// --all the user's consents are deleted as well, so that applications ask again. On a terminal
/// --all asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(
    after_long_help = EXAMPLES,
    group = clap::ArgGroup::new("which").required(true).args(["id", "all"])
)]
pub struct Revoke {
    /// Id of the grant; `pocketid grant list` shows it
    #[arg(value_name = "ID", value_parser = |text: &str| typed::id::<GrantId>(text, "pocketid grant list"))]
    id: Option<GrantId>,
    /// Every grant of this user: username, email or id
    #[arg(long, value_name = "USER")]
    all: Option<String>,
    /// Of these, only those of this client: ID, or the name if it is unique
    #[arg(long, value_name = "CLIENT", requires = "all")]
    client: Option<String>,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
    /// Do nothing when there is no such grant
    #[arg(long)]
    if_present: bool,
}

/// The revoked grants.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct RevokedGrantList(GrantList);

impl Revoke {
    pub fn run(self, ctx: &Context) -> Result<RevokedGrantList, CliError> {
        let store = ctx.existing_store()?;
        let now = ctx.now();
        let found = store.read_blocking(|tx| self.find(tx, now))?;
        if let Some(consequence) = consequence(&found) {
            prompt::confirm(ctx, self.yes || self.all.is_none(), &consequence)?;
        }
        let ended = ctx.act(store, self, |act, this| this.end(act))?;
        ctx.report().note(match (&ended.grants[..], &ended.consents[..]) {
            ([], []) => "There was no grant; nothing was changed.".to_owned(),
            ([], _) => "There was no grant; the applications will ask again.".to_owned(),
            ([one], _) => format!("Ended a grant of {} to {}.", one.username, one.client_name),
            ([first, ..], _) => {
                format!("Ended {} grants of {}.", ended.grants.len(), first.username)
            }
        });
        Ok(RevokedGrantList(GrantList::of(ended.grants)))
    }

    /// Looks the grants up again, since they may have changed while the user was asked, and revokes
    /// them.
    fn end(&self, act: &mut Act<'_, '_>) -> Result<RevokedGrants, CliError> {
        let now = act.now();
        let found = self.find(act, now)?;
        let Some(name) = &self.all else {
            for grant in &found.grants {
                operations::grants::revoke(act, grant.id)?;
            }
            return Ok(found);
        };
        let user = find_user(act, name)?;
        let client = self.client.as_deref().map(|name| find_client(act, name)).transpose()?;
        Ok(operations::grants::revoke_all(act, user.id, client.as_ref().map(|client| &client.id))?)
    }

    fn find(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<RevokedGrants, CliError> {
        if let Some(name) = &self.all {
            let user = find_user(tx, name)?;
            let client = self.client.as_deref().map(|name| find_client(tx, name)).transpose()?;
            let is_meant = |id: &ClientId| client.as_ref().is_none_or(|client| client.id == *id);
            let mut grants = live_grants::list_of_user(tx, user.id, now)?;
            grants.retain(|grant| is_meant(&grant.client_id));
            let mut consents = consents::list_of_user(tx, user.id)?;
            consents.retain(|consent| is_meant(&consent.client_id));
            return Ok(RevokedGrants { grants, consents });
        }
        let found = match self.id {
            Some(id) => live_grants::find(tx, id, now)?,
            None => None,
        };
        if found.is_none() && !self.if_present {
            return Err(CliError::refused("this grant does not exist, or has ended")
                .hint("to list them: pocketid grant list"));
        }
        Ok(RevokedGrants { grants: found.into_iter().collect(), consents: Vec::new() })
    }
}

/// The question's text; `None` if there is nothing to revoke.
fn consequence(found: &RevokedGrants) -> Option<String> {
    let count = found.grants.len();
    let (first, consents) = (found.grants.first(), found.consents.len());
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

impl Outcome for RevokedGrantList {
    /// Prints nothing: a note has already reported the result.
    fn write_text(&self, _page: &mut Page) {}
}
