//! `pocketid client refuse`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome},
    request::waiting,
};
use crate::{model::ClientId, operations::client_requests};

const EXAMPLES: &str = "\
Examples:
  pocketid client pending
  pocketid client refuse 01a3e1b6-5d0c-7c0e-9e0e-2f3d1c4b5a69
  pocketid client refuse https://app.example.com/client.json";

/// Refuse a client that waits
///
/// A client that registered itself is deleted. The address of a client metadata document is remembered as refused. If it
/// was approved before, that ends, and so does the access that people gave to the client. You can approve it again.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Refuse {
    /// Client ID, as `pocketid client pending` shows it
    #[arg(value_name = "CLIENT")]
    id: ClientId,
}

/// The client that was decided about.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RefusedClient {
    client_id: ClientId,
}

impl Refuse {
    pub fn run(self, ctx: &Context) -> Result<RefusedClient, CliError> {
        ctx.act(ctx.existing_store()?, self.id.clone(), |act, id| {
            client_requests::refuse(act, id).or_else(|refusal| Err(waiting(act, id, refusal)?))
        })?;
        Ok(RefusedClient { client_id: self.id })
    }
}

impl Outcome for RefusedClient {
    fn write_text(&self, page: &mut Page) {
        page.line(format!("Refused {}.", self.client_id));
    }
}
