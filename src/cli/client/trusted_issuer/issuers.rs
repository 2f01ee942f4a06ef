//! The output of `pocketid client trusted-issuer`.

use serde::{Serialize, Serializer};

use super::super::super::{column::TableColumn, error::CliError, page::Page, report::Outcome};
use crate::{
    model::{Client, TrustedIssuer, text::TextError},
    operations::{
        Act, Change,
        clients::{self, ClientChange, TrustDraft},
    },
};

/// The error for an address that no issuer can have.
pub fn refused(error: &TextError) -> CliError {
    CliError::usage(format!("--issuer {error}"))
}

/// Stores the issuers of a client; `own` is the issuer URL of this provider.
pub fn save(
    act: &mut Act<'_, '_>,
    client: &Client,
    issuers: Vec<TrustedIssuer>,
    own: &str,
) -> Result<IssuerList, CliError> {
    let draft = TrustDraft { issuers, issuer: own.to_owned() };
    let change = ClientChange { trusted_issuers: Change::Set(draft), ..ClientChange::default() };
    Ok(IssuerList(clients::update(act, &client.id, &change)?.trusted_issuers))
}

/// The issuers of a client.
#[derive(Debug)]
pub struct IssuerList(pub Vec<TrustedIssuer>);

impl Serialize for IssuerList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Outcome for IssuerList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("The client trusts no issuer.");
        }
        let rows = self.0.iter().map(|one| [one.issuer.clone(), one.jwks_url()]);
        page.table(
            [TableColumn::whole("ISSUER"), TableColumn::whole("KEYS").of_importance(1)],
            rows.collect(),
        );
    }
}
