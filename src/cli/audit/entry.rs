//! Formats an entry of the audit log.

use super::super::page::Page;
use crate::{
    model::{LoggedEvent, view::AuditLogView},
    server::{
        messages::{Locale, Messages},
        pages::describe_browser,
    },
};

/// The entry in JSON.
pub fn view(event: &LoggedEvent) -> AuditLogView<'_> {
    AuditLogView::of(event, device(event))
}

/// The entry as a row of a table.
pub fn row(page: &Page, event: &LoggedEvent) -> [String; 6] {
    let more: Vec<_> = [event.location.describe().unwrap_or_default(), device(event)]
        .into_iter()
        .filter(|text| !text.is_empty())
        .collect();
    let from = match &event.ip_address {
        None => "-".to_owned(),
        Some(address) if more.is_empty() => address.clone(),
        Some(address) => format!("{address} ({})", more.join("; ")),
    };
    let data = event.data.iter().map(|(name, value)| format!("{name}={value}"));
    let object = event.object_id.iter().map(|id| format!("id={id}"));
    // Untrusted text must not break the table or the terminal.
    let plain = |text: String| text.replace(char::is_control, " ");
    [
        page.moment_to_the_second(event.created_at),
        event.kind.clone(),
        event.user.as_ref().map_or_else(|| "-".to_owned(), |(_, username)| username.to_string()),
        actor(event),
        plain(from),
        plain(data.chain(object).collect::<Vec<_>>().join(" ")),
    ]
}

/// The actor: a username, or else the kind of actor.
fn actor(event: &LoggedEvent) -> String {
    match &event.actor_user {
        Some((_, username)) if event.actor == "api_key" => format!("{username} (API key)"),
        Some((_, username)) => username.to_string(),
        None => {
            event.scim_token().map_or_else(|| event.actor.clone(), |name| format!("{name} (SCIM)"))
        }
    }
}

fn device(event: &LoggedEvent) -> String {
    let agent = event.user_agent.as_deref();
    agent.map(|agent| describe_browser(agent, Messages::of(Locale::En))).unwrap_or_default()
}
