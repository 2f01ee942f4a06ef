//! An entry of the audit log as it is shown.

use std::collections::BTreeMap;

use serde::Serialize;

use super::super::page::Page;
use crate::{
    model::{AuditEventId, LoggedEvent, Timestamp, UserId, Username},
    server::{
        messages::{Locale, Messages},
        pages::describe_browser,
    },
};

/// `AuditLog` of the REST API (Pocket ID 2.14), and who did it. Where the address is in the world is not
/// known here.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryView<'a> {
    id: AuditEventId,
    created_at: Timestamp,
    event: &'a str,
    ip_address: &'a str,
    country: &'static str,
    city: &'static str,
    device: String,
    #[serde(rename = "userID")]
    user_id: Option<UserId>,
    username: Option<&'a Username>,
    actor: &'a str,
    data: &'a BTreeMap<String, String>,
}

impl<'a> EntryView<'a> {
    /// The entry in JSON.
    pub fn of(event: &'a LoggedEvent) -> Self {
        Self {
            id: event.id,
            created_at: event.created_at,
            event: &event.kind,
            ip_address: event.ip_address.as_deref().unwrap_or_default(),
            country: "",
            city: "",
            device: device(event),
            user_id: event.user.as_ref().map(|(id, _)| *id),
            username: event.user.as_ref().map(|(_, username)| username),
            actor: &event.actor,
            data: &event.data,
        }
    }
}

/// The entry as a row of a table.
pub fn row(page: &Page, event: &LoggedEvent) -> [String; 5] {
    let from = match (&event.ip_address, device(event)) {
        (None, _) => event.actor.clone(),
        (Some(address), device) if device.is_empty() => address.clone(),
        (Some(address), device) => format!("{address} ({device})"),
    };
    let data: Vec<_> = event.data.iter().map(|(name, value)| format!("{name}={value}")).collect();
    // What came from elsewhere must not break the table or the terminal.
    let plain = |text: String| text.replace(char::is_control, " ");
    [
        page.moment(event.created_at),
        event.kind.clone(),
        event.user.as_ref().map_or_else(|| "-".to_owned(), |(_, username)| username.to_string()),
        plain(from),
        plain(data.join(" ")),
    ]
}

fn device(event: &LoggedEvent) -> String {
    let agent = event.user_agent.as_deref();
    agent.map(|agent| describe_browser(agent, Messages::of(Locale::En))).unwrap_or_default()
}
