//! A client that a user has authorized (Pocket ID 2.14).

use serde::Serialize;

use super::ClientMetaView;
use crate::model::{Scope, Timestamp};

/// Separates an API from the scope of its permission.
const SEPARATOR: &str = "\u{1f}";

/// `AuthorizedClient`.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuthorizedClientView {
    /// A JSON array as a text, as in Pocket ID.
    scope: String,
    client: ClientMetaView,
    last_used_at: Timestamp,
}

impl AuthorizedClientView {
    /// Combines a client with the granted scope and the time of its last request.
    pub fn of(client: ClientMetaView, scope: &Scope, last_used_at: Timestamp) -> Self {
        let names = scope.names().into_iter().map(|name| name.replacen('|', SEPARATOR, 1));
        let scope = serde_json::Value::from(names.collect::<Vec<_>>()).to_string();
        Self { scope, client, last_used_at }
    }
}
