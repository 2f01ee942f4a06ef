//! `AuditLog` (Pocket ID 2.14)

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{AuditEventId, LoggedEvent, Timestamp};

/// An entry of the audit log. Where the address is in the world is not known here. Beside the fields of Pocket ID,
/// `actor` says through which door it was done, and `objectID` what it concerns beside an account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditLogView<'a> {
    id: AuditEventId,
    created_at: Timestamp,
    event: &'a str,
    ip_address: &'a str,
    country: &'static str,
    city: &'static str,
    device: String,
    #[serde(rename = "userID")]
    user_id: String,
    username: &'a str,
    #[serde(rename = "objectID")]
    object_id: &'a str,
    actor: &'a str,
    actor_username: &'a str,
    data: &'a BTreeMap<String, String>,
}

impl<'a> AuditLogView<'a> {
    /// The entry as the API shows it; `device` is what its browser is called.
    pub fn of(event: &'a LoggedEvent, device: String) -> Self {
        let user = event.user.as_ref();
        let actor = event.actor_user.as_ref();
        Self {
            id: event.id,
            created_at: event.created_at,
            event: &event.kind,
            ip_address: event.ip_address.as_deref().unwrap_or_default(),
            country: "",
            city: "",
            device,
            user_id: user.map(|(id, _)| id.to_string()).unwrap_or_default(),
            username: user.map(|(_, username)| username.as_str()).unwrap_or_default(),
            object_id: event.object_id.as_deref().unwrap_or_default(),
            actor: &event.actor,
            actor_username: actor.map(|(_, username)| username.as_str()).unwrap_or_default(),
            data: &event.data,
        }
    }

    /// The same without the username: whoever lists their own entries knows it (Pocket ID 2.14).
    pub fn without_username(self) -> Self {
        Self { username: "", ..self }
    }
}
