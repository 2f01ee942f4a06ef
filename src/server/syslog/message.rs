//! An audit entry as a message of syslog (RFC 5424), framed for TLS (RFC 5425 §4.3).

use crate::{
    model::{EventKind, LoggedEvent, view::AuditLogView},
    server::{
        messages::{Locale, Messages},
        pages::describe_browser,
    },
};

/// Security and authorization messages (RFC 5424 §6.2.1).
const FACILITY: u8 = 10;
const WARNING: u8 = 4;
const NOTICE: u8 = 5;
/// The longest message. Receivers should take 8,192 octets (RFC 5425 §4.3.1).
const MAX_MESSAGE: usize = 8_192;
/// The longest MSGID (RFC 5424 §6).
const MAX_ID: usize = 32;

/// The message with its length before it. The text is the JSON of the REST API.
pub(super) fn frame(event: &LoggedEvent, host: &str) -> Vec<u8> {
    let whole = message(event, host);
    let message = if whole.len() <= MAX_MESSAGE {
        whole
    } else {
        // The details of a change may be long. All else is short.
        message(&LoggedEvent { data: [].into(), ..event.clone() }, host)
    };
    [format!("{} ", message.len()).as_bytes(), message.as_bytes()].concat()
}

/// `<PRI>VERSION TIMESTAMP HOSTNAME APP-NAME PROCID MSGID STRUCTURED-DATA MSG` (RFC 5424 §6). The
/// structured data is that of §7.2; the mark before the text says that it is UTF-8.
fn message(event: &LoggedEvent, host: &str) -> String {
    let device = event.user_agent.as_deref();
    let device = device.map(|agent| describe_browser(agent, Messages::of(Locale::En)));
    let view = AuditLogView::of(event, device.unwrap_or_default());
    let json = serde_json::to_string(&view).expect("an entry is a plain tree of texts");
    let (priority, version) = (FACILITY * 8 + severity(event), env!("CARGO_PKG_VERSION"));
    format!(
        "<{priority}>1 {} {} pocketid - {} [origin software=\"pocketid\" swVersion=\"{version}\"] \
         \u{feff}{json}",
        event.created_at,
        printable(host, 255),
        printable(&event.kind, MAX_ID),
    )
}

/// A word of visible ASCII; `-` for none.
fn printable(text: &str, length: usize) -> String {
    let word: String = text.chars().filter(char::is_ascii_graphic).take(length).collect();
    if word.is_empty() { "-".to_owned() } else { word }
}

fn severity(event: &LoggedEvent) -> u8 {
    match EventKind::parse(&event.kind) {
        Some(
            EventKind::AdministratorReplaced
            | EventKind::BackupVerificationFailed
            | EventKind::DatabaseRestored
            | EventKind::EncryptionKeyReplaced
            | EventKind::ReplayDetected,
        ) => WARNING,
        _ => NOTICE,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::model::{AuditEventId, Location, Timestamp};

    fn event(kind: &str, name: &str) -> LoggedEvent {
        LoggedEvent {
            id: AuditEventId(uuid::Uuid::nil()),
            kind: kind.to_owned(),
            user: None,
            object_id: None,
            actor: "cli".to_owned(),
            actor_user: None,
            ip_address: None,
            user_agent: None,
            location: Location::default(),
            data: BTreeMap::from([("name".to_owned(), name.to_owned())]),
            created_at: Timestamp::from_unix(1_764_074_342),
        }
    }

    fn text(event: &LoggedEvent) -> String {
        String::from_utf8(frame(event, "id.example.com")).unwrap()
    }

    #[test]
    fn a_message_has_its_length_and_the_fields_of_the_standard() {
        let framed = text(&event("SIGN_IN", "x"));
        let (length, message) = framed.split_once(' ').unwrap();
        assert_eq!(length.parse::<usize>().unwrap(), message.len());
        let (head, json) = message.split_once('\u{feff}').unwrap();
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            head,
            format!(
                "<85>1 2025-11-25T12:39:02Z id.example.com pocketid - SIGN_IN [origin \
                 software=\"pocketid\" swVersion=\"{version}\"] "
            )
        );
        let json: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!((&json["event"], &json["actor"]), (&"SIGN_IN".into(), &"cli".into()));
    }

    #[test]
    fn a_line_feed_stays_inside_and_long_kinds_and_details_are_cut() {
        let kind = "DEVICE_CODE_AUTHORIZATION_REFUSED";
        let framed = text(&event(kind, "a\nb"));
        assert!(!framed.contains('\n'), "{framed}");
        assert!(framed.contains(&format!(" {} [", &kind[..32])), "{framed}");
        assert!(framed.contains(&format!("\"event\":\"{kind}\"")), "{framed}");
        let long = text(&event("SIGN_IN", &"é".repeat(9_000)));
        assert!(long.len() < 2_000 && long.contains("\"data\":{}"), "{}", long.len());
        assert!(text(&event("REPLAY_DETECTED", "x")).contains(" <84>1 "));
    }
}
