//! Notices to administrators: a message of the outbox for a kind of events, from which their mails are
//! made when it is sent. The time of the last mails is in `meta`, so that many events make few mails.

use uuid::Uuid;

use super::{
    StoreError, Tx, meta,
    outbox::{self, Lane, MessageContent, NewMessage},
};
use crate::model::{AuditEvent, AuditEventId, EventKind, MessageKind, Timestamp};

/// The least time between two mails about a kind of events, in seconds.
pub const PAUSE: i64 = 600;
/// How long a notice is tried, in seconds.
const LIFETIME: i64 = 172_800;

/// Stores a notice about an event of which administrators are told, unless one of an earlier event waits that will
/// tell of it, too.
pub(super) fn tell(tx: &mut Tx<'_>, event: &AuditEvent) -> Result<(), StoreError> {
    if !event.kind.is_notice() {
        return Ok(());
    }
    let told_at = find_told(tx, event.kind)?;
    let due_at = told_at.map_or(event.created_at, |at| at.plus(PAUSE).max(event.created_at));
    // The entries after this one are told with it.
    let before = AuditEventId(Uuid::from_u128(event.id.0.as_u128().saturating_sub(1)));
    store(tx, event.id.0, event.kind, before, due_at)
}

/// Stores a notice about the events of a kind after one of them, unless one waits.
pub fn store(
    tx: &mut Tx<'_>,
    id: Uuid,
    kind: EventKind,
    after: AuditEventId,
    due_at: Timestamp,
) -> Result<(), StoreError> {
    let message = NewMessage {
        id,
        lane: &Lane { kind: MessageKind::Mail, recipient: kind.as_str().to_owned() },
        content: &MessageContent::Plain(format!("{{\"after\":\"{after}\"}}")),
        due_at,
        expires_at: due_at.plus(LIFETIME),
    };
    outbox::insert_unless_waiting(tx, &message)
}

/// When administrators were last told about a kind of events.
pub fn find_told(tx: &mut Tx<'_>, kind: EventKind) -> Result<Option<Timestamp>, StoreError> {
    let bytes = meta::find(tx, &key(kind))?.and_then(|bytes| bytes.try_into().ok());
    Ok(bytes.map(|bytes| Timestamp::from_unix(i64::from_be_bytes(bytes))))
}

/// Records that administrators are told: Unix seconds as 8 bytes, big-endian.
pub fn record_told(tx: &mut Tx<'_>, kind: EventKind, at: Timestamp) -> Result<(), StoreError> {
    meta::delete(tx, &key(kind))?;
    meta::insert(tx, &key(kind), &at.as_unix().to_be_bytes())
}

fn key(kind: EventKind) -> String {
    format!("notice_{}", kind.as_str())
}
