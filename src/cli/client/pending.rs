//! `pocketid client pending`

use serde::{Serialize, Serializer};

use super::super::{
    column::TableColumn, context::Context, error::CliError, listing::Listing, page::Page,
    report::Outcome,
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
pub struct Pending {
    #[command(flatten)]
    listing: Listing,
}

/// The clients that wait, the oldest first.
#[derive(Debug)]
pub struct PendingClients {
    requests: Vec<ClientRequest>,
    is_searched: bool,
}

impl Pending {
    pub fn run(self, ctx: &Context) -> Result<PendingClients, CliError> {
        let all = ctx.existing_store()?.read_blocking(client_requests::list)?;
        let requests = self.listing.pick(all, |request| {
            let name = request.name.as_ref().map(ToString::to_string);
            let texts = name.into_iter().chain([request.id.to_string()]);
            texts.chain(request.redirect_uris.iter().cloned()).collect()
        });
        Ok(PendingClients { requests, is_searched: self.listing.is_search() })
    }
}

impl Serialize for PendingClients {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.requests.iter().map(ClientRequestView::of))
    }
}

impl PendingClients {
    /// Adds a block for each client: a table has no room for the whole callback URLs and the revision, at which an
    /// administrator has to look.
    fn write_blocks(&self, page: &mut Page) {
        let rows = self.requests.iter().map(|request| {
            [
                request.name.as_ref().map(ToString::to_string).unwrap_or_default(),
                request.id.to_string(),
                request.redirect_uris.join(" "),
                request.revision.clone().unwrap_or_default(),
                origin(request),
                page.moment(request.requested_at),
            ]
        });
        let rows = rows.collect();
        page.blocks(&["Name", "Client ID", "Callback URLs", "Revision", "From", "Since"], rows);
    }
}

/// The user who asked for the client, or the address that it registered itself from.
fn origin(request: &ClientRequest) -> String {
    let user = request.username.as_ref().map(ToString::to_string);
    user.or_else(|| request.ip_address.clone()).unwrap_or_default()
}

impl Outcome for PendingClients {
    fn write_text(&self, page: &mut Page) {
        if self.requests.is_empty() {
            return page.remark(if self.is_searched {
                "No client that waits has this text in its name, ID or callback URLs."
            } else {
                "No client waits for an administrator."
            });
        }
        if page.is_terminal() {
            return self.write_blocks(page);
        }
        let rows = self.requests.iter().map(|request| {
            [
                request.name.as_ref().map(ToString::to_string).unwrap_or_default(),
                request.id.to_string(),
                origin(request),
                page.moment_cell(request.requested_at),
                request.redirect_uris.join(" "),
                request.revision.clone().unwrap_or_default(),
            ]
        });
        page.table(
            [
                TableColumn::text("NAME"),
                TableColumn::whole("CLIENT ID"),
                TableColumn::text("FROM"),
                TableColumn::whole("SINCE"),
                TableColumn::text("CALLBACKS"),
                TableColumn::whole("REVISION"),
            ],
            rows.collect(),
        );
    }
}
