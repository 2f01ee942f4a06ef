//! Mails to administrators about events.

use uuid::Uuid;

use super::Postbox;
use crate::{
    model::{
        AuditEventId, EventKind, Letter, LoggedEvent, Mail, MailRecipient, NoticeEntry, Timestamp,
    },
    store::{
        StoreError, Tx, audit_events,
        notices::{self, PAUSE},
        users,
    },
};

/// The most events that a mail describes.
const MAX_DESCRIBED: usize = 5;
/// The most events that a mail counts.
const MAX_COUNTED: i64 = 1_000;
/// The details of an event that name its object, in this order.
const DETAILS: [&str; 7] = ["clientName", "token", "kind", "name", "prefix", "expiresAt", "fault"];

/// A message of the outbox about events of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Notice {
    /// The id of the message.
    pub id: Uuid,
    /// The kind.
    pub kind: EventKind,
    /// It is about the events after this one.
    pub after: AuditEventId,
}

/// Puts a mail about the events of a kind after one of them into the outbox, for each enabled
/// administrator with an email. Within [`PAUSE`] after the last one it waits, and tells of what happens
/// meanwhile, too. Returns the number of mails.
pub fn send(
    tx: &mut Tx<'_>,
    postbox: &Postbox,
    notice: Notice,
    now: Timestamp,
) -> Result<usize, StoreError> {
    let Notice { id, kind, after } = notice;
    if let Some(told_at) = notices::find_told(tx, kind)?
        && (0..PAUSE).contains(&now.seconds_since(told_at))
    {
        // It comes before those of later events, which it tells of, as this one did.
        let id = Uuid::from_u128(id.as_u128().saturating_sub(1));
        notices::store(tx, id, kind, after, told_at.plus(PAUSE))?;
        return Ok(0);
    }
    let events = audit_events::list_of_kind_after(tx, kind, after, MAX_COUNTED)?;
    if events.is_empty() {
        return Ok(0);
    }
    notices::record_told(tx, kind, now)?;
    let letter = Letter::Notice {
        event: kind.as_str().to_owned(),
        entries: events.iter().take(MAX_DESCRIBED).map(describe).collect(),
        more: i64::try_from(events.len().saturating_sub(MAX_DESCRIBED)).unwrap_or(i64::MAX),
    };
    let mut count = 0;
    for administrator in users::list_all_administrators(tx)? {
        if let (false, Some(email)) = (administrator.disabled, &administrator.email) {
            let to = MailRecipient::of(&administrator, email);
            postbox.post(tx, &Mail { to, letter: letter.clone() }, now)?;
            count += 1;
        }
    }
    Ok(count)
}

fn describe(event: &LoggedEvent) -> NoticeEntry {
    let user = event.user.as_ref().map(|(_, username)| username.to_string());
    let details = DETAILS.iter().filter_map(|name| event.data.get(*name).cloned());
    let actor = event.actor_user.as_ref().map(|(_, username)| username.to_string());
    NoticeEntry {
        at: event.created_at,
        about: user.into_iter().chain(details).collect::<Vec<_>>().join(", "),
        actor: actor.unwrap_or_else(|| event.actor.clone()),
    }
}
