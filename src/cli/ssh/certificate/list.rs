//! `pocketid ssh certificate list`

use serde::Serialize;

use super::super::super::{
    column::TableColumn, context::Context, error::CliError, listing::Listing, page::Page,
    report::Outcome,
};
use crate::{model::view::SshCertificateView, operations::ssh::certificates::shown_page};

const EXAMPLES: &str = "\
Examples:
  pocketid ssh certificate list
  pocketid ssh certificate list --search alice --output json

Off a terminal the columns are separated by tabs and have no header.";

/// List the valid certificates
///
/// --search looks at the names of users and hosts. Certificates that have expired or are revoked are left out.
#[derive(Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub struct List {
    #[command(flatten)]
    listing: Listing,
}

/// The valid certificates.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub struct CertificateList(Vec<SshCertificateView>);

impl List {
    pub fn run(self, ctx: &Context) -> Result<CertificateList, CliError> {
        let (store, now) = (ctx.existing_store()?, ctx.now());
        let mut found =
            store.read_blocking(|tx| self.listing.read(|query| shown_page(tx, query, now)))?;
        found.truncate(self.listing.limit());
        Ok(CertificateList(found))
    }
}

impl Outcome for CertificateList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("No SSH certificate is valid now.");
        }
        let rows = self.0.iter().map(|one| {
            [
                one.key_id().to_owned(),
                one.kind().to_owned(),
                one.principals().join(" "),
                page.moment_cell(one.expires_at()),
                one.id().to_string(),
            ]
        });
        let rows = rows.collect();
        page.table(
            [
                TableColumn::text("NAME"),
                TableColumn::whole("FOR").of_importance(3),
                TableColumn::text("VALID FOR").of_importance(1),
                TableColumn::whole("EXPIRES").of_importance(2),
                TableColumn::whole("ID"),
            ],
            rows,
        );
    }
}
