//! `pocketid client approve`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, prompt::confirm, report::Outcome},
    request::waiting,
};
use crate::{
    model::ClientId,
    operations::{
        Noun, Refusal,
        client_requests::{self, Approval},
    },
    store::Store,
};

const EXAMPLES: &str = "\
Examples:
  pocketid client pending
  pocketid client approve 01a3e1b6-5d0c-7c0e-9e0e-2f3d1c4b5a69
  pocketid client approve 01a3e1b6-5d0c-7c0e-9e0e-2f3d1c4b5a69 --revision 0f3c9f2b6a1d4e5f8c7b6a5d4e3f2a1b
  pocketid client approve https://app.example.com/client.json";

/// Let a client that waits sign people in
///
/// A client that registered itself may sign people in from then on, who are always asked for consent. On a
/// terminal it is shown first; elsewhere --revision says which description was looked at, since the client
/// may change it while it waits. The address of a client metadata document is fetched at the next sign-in.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Approve {
    /// Client ID, as `pocketid client pending` shows it
    #[arg(value_name = "CLIENT")]
    id: ClientId,
    /// Revision that was looked at, as `pocketid client pending` shows it
    #[arg(long, value_name = "REVISION")]
    revision: Option<String>,
}

/// The client that was decided about.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovedClient {
    client_id: ClientId,
}

impl Approve {
    pub fn run(self, ctx: &Context) -> Result<ApprovedClient, CliError> {
        let store = ctx.existing_store()?;
        let revision = match self.revision {
            None if !self.id.is_url() => look_at(ctx, store, &self.id)?,
            given => given,
        };
        let approval = Approval { id: self.id.clone(), revision };
        ctx.act(store, approval, |act, approval| {
            let done = client_requests::approve(act, approval);
            done.or_else(|refusal| Err(waiting(act, &approval.id, refusal)?))
        })?;
        Ok(ApprovedClient { client_id: self.id })
    }
}

/// Shows a client that waits, and asks. Returns the revision that was shown.
fn look_at(ctx: &Context, store: &Store, id: &ClientId) -> Result<Option<String>, CliError> {
    let listed = store.read_blocking(client_requests::list)?;
    let Some(request) = listed.into_iter().find(|request| request.id == *id) else {
        let unknown = id.clone();
        return Err(store.read_blocking(move |tx| {
            waiting(tx, &unknown, Refusal::NotFound(Noun::ClientRequest))
        })?);
    };
    if !ctx.report().can_ask() {
        let error = CliError::usage("--revision is missing, and there is no terminal to ask");
        return Err(error.hint("to see the client and its revision: pocketid client pending"));
    }
    let name = request.name.as_ref().map(ToString::to_string).unwrap_or_default();
    let uris = request.redirect_uris.join("\n  ");
    let from = request.ip_address.unwrap_or_default();
    let shown =
        format!("{name:?}, from {from}, with the client ID\n  {id}\ngets answers at:\n  {uris}");
    confirm(ctx, false, &shown)?;
    Ok(request.revision)
}

impl Outcome for ApprovedClient {
    fn write_text(&self, page: &mut Page) {
        page.line(format!("Approved {}.", self.client_id));
    }
}
