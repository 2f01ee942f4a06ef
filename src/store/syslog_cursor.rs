//! How far the audit log was sent to a syslog server: a row of `meta`.
//!
//! Entries become visible in another order than that of their ids, since transactions take different times
//! and the clocks of servers differ. So the cursor is a time before which everything was sent, and the
//! entries after it that were sent already.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{StoreError, Tx, meta};
use crate::model::{AuditEventId, Timestamp};

/// The row of `meta`.
const KEY: &str = "syslog_cursor";
/// The most entries after the time that are remembered over a restart. The others are sent again.
const MAX_REMEMBERED: usize = 1_024;

/// How far the audit log was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyslogCursor {
    /// All entries before this id were sent.
    pub from: AuditEventId,
    /// Entries from there on that were sent, too.
    pub sent: BTreeSet<AuditEventId>,
}

impl SyslogCursor {
    /// A cursor for which everything before this time was sent.
    pub fn at(moment: Timestamp) -> Self {
        Self { from: first_id(moment), sent: BTreeSet::new() }
    }

    /// Moves to a later time: no entry before it will appear any more.
    pub fn advance(&mut self, moment: Timestamp) {
        let from = first_id(moment);
        if from > self.from {
            self.from = from;
            self.sent = self.sent.split_off(&from);
        }
    }

    fn to_bytes(&self) -> Vec<u8> {
        let newest = self.sent.iter().rev().take(MAX_REMEMBERED);
        std::iter::once(&self.from).chain(newest).flat_map(|id| *id.0.as_bytes()).collect()
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut ids = bytes.chunks(16).map(|id| Uuid::from_slice(id).ok().map(AuditEventId));
        let from = ids.next()??;
        Some(Self { from, sent: ids.collect::<Option<_>>()? })
    }
}

/// The smallest id of a moment (RFC 9562 §5.7).
fn first_id(moment: Timestamp) -> AuditEventId {
    AuditEventId(Uuid::from_u128(u128::from(moment.as_unix_millis()) << 80))
}

/// Reads the cursor.
pub fn find(tx: &mut Tx<'_>) -> Result<Option<SyslogCursor>, StoreError> {
    let bytes = meta::find(tx, KEY)?;
    Ok(bytes.and_then(|bytes| SyslogCursor::parse(&bytes)))
}

/// Stores the cursor.
pub fn save(tx: &mut Tx<'_>, cursor: &SyslogCursor) -> Result<(), StoreError> {
    meta::delete(tx, KEY)?;
    meta::insert(tx, KEY, &cursor.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(seconds: i64, last: u128) -> AuditEventId {
        AuditEventId(Uuid::from_u128(first_id(Timestamp::from_unix(seconds)).0.as_u128() | last))
    }

    #[test]
    fn a_cursor_is_read_as_it_was_written_and_forgets_the_entries_before_it() {
        let mut cursor = SyslogCursor::at(Timestamp::from_unix(1_000));
        cursor.sent.extend([id(1_001, 7), id(1_005, 8)]);
        assert_eq!(SyslogCursor::parse(&cursor.to_bytes()), Some(cursor.clone()));
        cursor.advance(Timestamp::from_unix(1_004));
        assert_eq!(cursor.sent, BTreeSet::from([id(1_005, 8)]));
        cursor.advance(Timestamp::from_unix(900));
        assert_eq!(cursor.from, id(1_004, 0), "it never goes back");
        assert_eq!(SyslogCursor::parse(b"short"), None);
        assert_eq!(SyslogCursor::parse(b""), None);
    }

    #[test]
    fn no_more_is_remembered_than_a_row_should_have() {
        let mut cursor = SyslogCursor::at(Timestamp::from_unix(1_000));
        cursor.sent.extend((0..5_000).map(|last| id(1_001, last)));
        assert_eq!(SyslogCursor::parse(&cursor.to_bytes()).unwrap().sent.len(), MAX_REMEMBERED);
    }
}
