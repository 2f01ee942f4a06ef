//! What a user allowed a client (Pocket ID 2.14).

use serde::Serialize;

use super::ClientMetaView;
use crate::model::{Scope, Timestamp};

/// Stands between the API and the scope of a permission.
const SEPARATOR: &str = "\u{1f}";

/// `AuthorizedClient`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthorizedClientView {
    /// A text that holds a JSON array, as Pocket ID has it.
    scope: String,
    client: ClientMetaView,
    last_used_at: Timestamp,
}

impl AuthorizedClientView {
    /// A client, what it was allowed, and when it last asked.
    pub fn of(client: ClientMetaView, scope: &Scope, last_used_at: Timestamp) -> Self {
        let names = scope.names().into_iter().map(|name| name.replacen('|', SEPARATOR, 1));
        let scope = serde_json::Value::from(names.collect::<Vec<_>>()).to_string();
        Self { scope, client, last_used_at }
    }
}
