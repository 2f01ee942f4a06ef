//! The output of `pocketid client exchange`, and the options that name tokens.

use serde::{Serialize, Serializer};

use super::super::super::{
    column::TableColumn,
    error::CliError,
    names::{find_api, find_client},
    page::{Page, yes_no},
    report::Outcome,
};
use crate::{
    model::{Client, ExchangeRule, Resource, SubjectSource},
    operations::{
        Act, Change,
        clients::{self, ClientChange},
    },
    store::Tx,
};

// No doc comment: clap would take it for the help of the command.
#[derive(Debug, Clone, clap::Args)]
#[command(group = clap::ArgGroup::new("from").required(true).args(["from_api", "from_client"]))]
pub struct Tokens {
    /// Client ID, or the name if it is unique
    #[arg(value_name = "CLIENT")]
    client: String,
    /// Tokens of users for this API, which the client stands for: its resource identifier
    #[arg(long, value_name = "RESOURCE")]
    from_api: Option<String>,
    /// Tokens of users that were issued to this client, and are for no API
    #[arg(long, value_name = "CLIENT")]
    from_client: Option<String>,
    /// API that the new tokens are for: its resource identifier
    #[arg(long, value_name = "RESOURCE")]
    to: String,
}

/// The client, and the tokens that are meant.
pub struct Meant {
    pub client: Client,
    pub source: SubjectSource,
    pub target: Resource,
}

impl Tokens {
    pub fn find(&self, tx: &mut Tx<'_>) -> Result<Meant, CliError> {
        let client = find_client(tx, &self.client)?;
        let source = match (&self.from_api, &self.from_client) {
            (Some(resource), _) => SubjectSource::SubjectApi(find_api(tx, resource)?.resource),
            (None, name) => {
                let name = name.as_deref().unwrap_or_default();
                SubjectSource::SubjectClient(find_client(tx, name)?.id)
            }
        };
        Ok(Meant { client, source, target: find_api(tx, &self.to)?.resource })
    }
}

/// Stores the rules of a client.
pub fn save(
    act: &mut Act<'_, '_>,
    client: &Client,
    rules: Vec<ExchangeRule>,
) -> Result<RuleList, CliError> {
    let change = ClientChange { token_exchanges: Change::Set(rules), ..ClientChange::default() };
    Ok(RuleList(clients::update(act, &client.id, &change)?.token_exchanges))
}

/// The rules of a client.
#[derive(Debug)]
pub struct RuleList(pub Vec<ExchangeRule>);

impl Serialize for RuleList {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl Outcome for RuleList {
    fn write_text(&self, page: &mut Page) {
        if self.0.is_empty() {
            return page.remark("The client may exchange no tokens.");
        }
        let rows = self.0.iter().map(|rule| {
            [
                rule.source.as_str().to_owned(),
                rule.target.to_string(),
                if rule.scope.is_empty() {
                    "those of the exchanged token".to_owned()
                } else {
                    format!("also {}", ExchangeRule::words(&rule.scope))
                },
                yes_no(rule.accepts_bound_tokens),
            ]
        });
        if page.is_terminal() {
            return page.blocks(&["From", "To", "Permissions", "Checks proofs"], rows.collect());
        }
        page.table(
            [
                TableColumn::whole("FROM"),
                TableColumn::whole("TO"),
                TableColumn::whole("PERMISSIONS"),
                TableColumn::whole("CHECKS PROOFS"),
            ],
            rows.collect(),
        );
    }
}
