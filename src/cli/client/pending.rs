//! `pocketid client pending`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn, context::Context, error::CliError, page::Page, report::Outcome,
};
use crate::{
    model::{ClientRequest, view::ClientRequestView},
    operations::client_requests,
};

const EXAMPLES: &str = "\
Examples:
  pocketid client pending
  pocketid client pending --output json | jq -r '.[].clientId'

Off a terminal the columns are separated by tabs and have no header.";

/// List the clients that wait for an administrator
///
/// These are clients that registered themselves while dynamicClientRegistration is approval, and addresses of
/// client metadata documents that people signed in with while cimdUnlisted is approval. Names are those that
/// the clients gave themselves; documents are not fetched before they are approved.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct Pending {}

/// The clients that wait, the oldest first.
#[derive(Debug)]
pub struct PendingClients(Vec<ClientRequest>);

impl Pending {
    pub fn run(self, ctx: &Context) -> Result<PendingClients, CliError> {
        Ok(PendingClients(ctx.existing_store()?.read_blocking(client_requests::list)?))
    }
}

impl Serialize for PendingClients {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(ClientRequestView::of))
    }
}

impl Outcome for PendingClients {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("No client waits for an administrator.");
        }
        let rows = self.0.iter().map(|request| {
            let user = request.username.as_ref().map(ToString::to_string);
            [
                request.name.as_ref().map(ToString::to_string).unwrap_or_default(),
                request.id.to_string(),
                user.or_else(|| request.ip_address.clone()).unwrap_or_default(),
                page.moment_cell(request.requested_at),
                request.redirect_uris.join(" "),
                request.revision.clone().unwrap_or_default(),
            ]
        });
        page.table(
            [
                TableColumn::text("NAME"),
                TableColumn::whole("CLIENT ID"),
                TableColumn::text("FROM").of_importance(2),
                TableColumn::whole("SINCE").of_importance(1),
                TableColumn::text("CALLBACKS").of_importance(3),
                TableColumn::whole("REVISION").of_importance(0),
            ],
            rows.collect(),
        );
    }
}
