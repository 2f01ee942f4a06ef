//! The output of `pocketid client identity-assertion`.

use serde::{Serialize, Serializer};

use super::super::super::{column::TableColumn, error::CliError, page::Page, report::Outcome};
use crate::{
    model::{AssertionRule, Client},
    operations::{
        Act, Change,
        clients::{self, AssertionsDraft, ClientChange},
    },
    store::identity_assertions,
};

/// Stores the rules of a client.
pub fn save(
    act: &mut Act<'_, '_>,
    client: &Client,
    rules: Vec<AssertionRule>,
    issuer: &str,
) -> Result<AssertionRuleList, CliError> {
    let draft = AssertionsDraft { rules, issuer: issuer.to_owned() };
    let change =
        ClientChange { identity_assertions: Change::Set(draft), ..ClientChange::default() };
    clients::update(act, &client.id, &change)?;
    Ok(AssertionRuleList(identity_assertions::list_of_client(act, &client.id)?))
}

/// The rules of a client.
#[derive(Debug)]
pub struct AssertionRuleList(pub Vec<AssertionRule>);

impl Serialize for AssertionRuleList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Outcome for AssertionRuleList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("The client gets no assertions about its users.");
        }
        let or_any = |text: &str| if text.is_empty() { "any".to_owned() } else { text.to_owned() };
        let rows = self.0.iter().map(|rule| {
            [
                rule.audience.to_string(),
                rule.client_id.to_string(),
                or_any(rule.scope.as_str()),
                or_any(rule.resources.as_str()),
            ]
        });
        if page.is_terminal() {
            let names = ["Audience", "Client ID there", "Scope", "Resources"];
            return page.blocks(&names, rows.collect());
        }
        page.table(
            [
                TableColumn::whole("AUDIENCE"),
                TableColumn::whole("CLIENT ID THERE"),
                TableColumn::whole("SCOPE"),
                TableColumn::whole("RESOURCES"),
            ],
            rows.collect(),
        );
    }
}
