//! `AuditLog` (Pocket ID 2.14)

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{AuditEventId, LoggedEvent, Timestamp};

/// An audit log entry. Country and city are empty where they are unknown. Two fields are ours: `actor` is the
/// origin of the action, and `objectID` the object that it is about, if that is not an account.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AuditLogView<'a> {
    id: AuditEventId,
    created_at: Timestamp,
    event: &'a str,
    ip_address: &'a str,
    country: &'a str,
    city: &'a str,
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
    /// The entry as shown in the REST API; `device` is the name of the browser.
    pub fn of(event: &'a LoggedEvent, device: String) -> Self {
        let user = event.user.as_ref();
        let actor = event.actor_user.as_ref();
        Self {
            id: event.id,
            created_at: event.created_at,
            event: &event.kind,
            ip_address: event.ip_address.as_deref().unwrap_or_default(),
            country: &event.location.country,
            city: &event.location.city,
            device,
            user_id: user.map(|(id, _)| id.to_string()).unwrap_or_default(),
            username: user.map(|(_, username)| username.as_str()).unwrap_or_default(),
            object_id: event.object_id.as_deref().unwrap_or_default(),
            actor: &event.actor,
            actor_username: actor.map(|(_, username)| username.as_str()).unwrap_or_default(),
            data: &event.data,
        }
    }

    /// Removes the username: users who list their own entries know it (Pocket ID 2.14).
    pub fn without_username(self) -> Self {
        Self { username: "", ..self }
    }
}
