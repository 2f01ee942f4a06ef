//! `pocketid client approve`

use serde::Serialize;

use super::{
    super::{context::Context, error::CliError, page::Page, report::Outcome},
    request::waiting,
};
use crate::{model::ClientId, operations::client_requests};

const EXAMPLES: &str = "\
Examples:
  pocketid client pending
  pocketid client approve 01a3e1b6-5d0c-7c0e-9e0e-2f3d1c4b5a69
  pocketid client approve https://app.example.com/client.json";

/// Let a client that waits sign people in
///
/// A client that registered itself may sign people in from then on, who are always asked for consent. The
/// address of a client metadata document is fetched at the next sign-in.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Approve {
    /// Client ID, as `pocketid client pending` shows it
    #[arg(value_name = "CLIENT")]
    id: ClientId,
}

/// The client that was decided about.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ApprovedClient {
    client_id: ClientId,
}

impl Approve {
    pub fn run(self, ctx: &Context) -> Result<ApprovedClient, CliError> {
        ctx.act(ctx.existing_store()?, self.id.clone(), |act, id| {
            client_requests::approve(act, id).or_else(|refusal| Err(waiting(act, id, refusal)?))
        })?;
        Ok(ApprovedClient { client_id: self.id })
    }
}

impl Outcome for ApprovedClient {
    fn write_text(&self, page: &mut Page) {
        page.line(format!("Approved {}.", self.client_id));
    }
}
