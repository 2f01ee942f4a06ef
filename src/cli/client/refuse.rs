//! `pocketid client refuse`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, prompt::confirm, report::Outcome},
    request::waiting,
};
use crate::{
    model::ClientId,
    operations::{Noun, Refusal, client_requests},
    store::{Tx, client_metadata_requests},
};

const EXAMPLES: &str = "\
Examples:
  pocketid client pending
  pocketid client refuse 01a3e1b6-5d0c-7c0e-9e0e-2f3d1c4b5a69
  pocketid client refuse https://app.example.com/client.json --yes";

/// Refuse a client that waits
///
/// A client that registered itself is deleted. The address of a client metadata document is remembered as refused. If it
/// was approved before, that ends, and so does the access that people gave to the client. You can approve it again.
/// On a terminal the command asks first; elsewhere it wants --yes.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Refuse {
    /// Client ID, as `pocketid client pending` shows it
    #[arg(value_name = "CLIENT")]
    id: ClientId,
    /// Do not ask
    #[arg(long, short)]
    yes: bool,
}

/// The client that was decided about.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedClient {
    client_id: ClientId,
}

impl Refuse {
    pub fn run(self, ctx: &Context) -> Result<RefusedClient, CliError> {
        let store = ctx.existing_store()?;
        let consequence = store.read_blocking(|tx| consequence(tx, &self.id))?;
        confirm(ctx, self.yes, &consequence)?;
        ctx.act(store, self.id.clone(), |act, id| {
            client_requests::refuse(act, id).or_else(|refusal| Err(waiting(act, id, refusal)?))
        })?;
        Ok(RefusedClient { client_id: self.id })
    }
}

/// The consequence of a yes; an error about a client that does not wait.
fn consequence(tx: &mut Tx<'_>, id: &ClientId) -> Result<String, CliError> {
    if id.is_url() && client_metadata_requests::find(tx, id)?.is_some() {
        return Ok(format!("This refuses {id}; access that people gave to it ends."));
    }
    let Some(request) = client_requests::list(tx)?.into_iter().find(|one| one.id == *id) else {
        return Err(waiting(tx, id, Refusal::NotFound(Noun::ClientRequest))?);
    };
    let name = request.name.map(|name| name.to_string()).unwrap_or_default();
    Ok(format!("This deletes {name:?} ({id}), which registered itself."))
}

impl Outcome for RefusedClient {
    fn write_text(&self, page: &mut Page) {
        page.line(format!("Refused {}.", self.client_id));
    }
}
