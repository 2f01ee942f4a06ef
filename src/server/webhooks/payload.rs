//! The body of a message.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    model::{LoggedEvent, Timestamp, view::AuditLogView},
    server::{
        messages::{Locale, Messages},
        pages::describe_browser,
    },
};

/// The longest body, in bytes. The standard asks for less than 20 KiB in the ordinary case.
const MAX_BODY: usize = 64 * 1024;

/// The body of a message: the event as the REST API shows it.
#[derive(Serialize)]
struct Payload<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    timestamp: Timestamp,
    data: AuditLogView<'a>,
}

/// Writes the body about an event. Of one with too many details, these are left out.
pub(super) fn body(event: &LoggedEvent) -> String {
    let body = write(event);
    if body.len() <= MAX_BODY {
        return body;
    }
    let data = BTreeMap::from([("truncated".to_owned(), "true".to_owned())]);
    write(&LoggedEvent { data, ..event.clone() })
}

fn write(event: &LoggedEvent) -> String {
    let agent = event.user_agent.as_deref();
    let device = agent.map(|agent| describe_browser(agent, Messages::of(Locale::En)));
    let data = AuditLogView::of(event, device.unwrap_or_default());
    let payload = Payload { kind: &event.kind, timestamp: event.created_at, data };
    serde_json::to_string(&payload).unwrap_or_default()
}
