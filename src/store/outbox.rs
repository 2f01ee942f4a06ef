//! `outbox`: messages that wait to be sent to others. A row is written in the transaction of its
//! cause, and exists until its recipient has accepted or refused it, or it has expired.
//!
//! A server claims a row before it sends it: of several servers, one does. The claim ends by itself,
//! so a message is not lost with the server that was sending it; a recipient may get it twice then,
//! and knows it by its id. A recipient that does not answer rests (`outbox_rests`): its messages wait
//! until it is tried again with one of them.

use uuid::Uuid;

use super::{Row, StoreError, Tx, value::params};
use crate::{
    crypto::{MasterKey, Rng, SealedPlace, Secret},
    model::{MessageKind, Timestamp},
};

/// Where messages go: to one recipient of a kind.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Lane {
    /// The kind of the messages.
    pub kind: MessageKind,
    /// The id of a client, a SCIM provider or a webhook; empty for a mail, and a kind of events for a
    /// notice to administrators.
    pub recipient: String,
}

/// A lane with due messages.
#[derive(Debug, Clone)]
pub struct DueLane {
    /// The lane.
    pub lane: Lane,
    /// Whether its recipient did not answer the last time.
    pub is_silent: bool,
}

/// The content of a message, as JSON.
#[derive(Debug, Clone)]
pub enum MessageContent {
    /// It holds no secret.
    Plain(String),
    /// It may hold a secret, and is sealed for its message.
    Sealed(Vec<u8>),
}

/// A message to store.
#[derive(Debug)]
pub struct NewMessage<'a> {
    /// Its id, in the order of time. One cause may have messages for several recipients.
    pub id: Uuid,
    /// Where it goes.
    pub lane: &'a Lane,
    /// Its content.
    pub content: &'a MessageContent,
    /// When to send it.
    pub due_at: Timestamp,
    /// From when on it is not worth sending.
    pub expires_at: Timestamp,
}

/// A message that waits.
#[derive(Debug, Clone)]
pub struct OutboxMessage {
    /// Its id.
    pub id: Uuid,
    /// Where it goes.
    pub lane: Lane,
    /// Its content.
    pub content: MessageContent,
    /// How often it was sent.
    pub attempts: i64,
    /// From when on it is not worth sending.
    pub expires_at: Timestamp,
}

/// How many messages of a kind wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingMessages {
    /// The kind.
    pub kind: MessageKind,
    /// Their number.
    pub count: i64,
    /// The most attempts that one of them took.
    pub attempts: i64,
}

const INSERT: &str = "
    INSERT INTO outbox
        (id, kind, recipient, content, sealed_content, attempts, due_at, expires_at)
    VALUES (?1, ?2, ?3, ?4, ?5, 0, ?6, ?7)";

const IS_DUE: &str = "SELECT 1 FROM outbox WHERE due_at <= ?1 LIMIT 1";

/// By the index of recipients, which is read whole: after an outage it may have many entries, and
/// this is done twice a second at most.
const DUE_LANES: &str = "
    SELECT o.kind, o.recipient, MAX(r.silent_times)
      FROM outbox o
      LEFT JOIN outbox_rests r ON r.kind = o.kind AND r.recipient = o.recipient
     WHERE o.due_at <= ?1 AND (r.rests_until IS NULL OR r.rests_until <= ?1)
     GROUP BY o.kind, o.recipient
     ORDER BY MIN(o.due_at)";

const DUE_OF_LANE: &str = "
    SELECT id, kind, recipient, content, sealed_content, attempts, expires_at
      FROM outbox
     WHERE kind = ?1 AND recipient = ?2 AND due_at <= ?3
     ORDER BY due_at, id
     LIMIT ?4";

const CLAIM: &str = "
    UPDATE outbox SET attempts = attempts + 1, due_at = ?5
     WHERE id = ?1 AND kind = ?2 AND recipient = ?3 AND attempts = ?4 AND expires_at > ?6";

const POSTPONE: &str =
    "UPDATE outbox SET due_at = ?4 WHERE id = ?1 AND kind = ?2 AND recipient = ?3";

const DELETE: &str = "DELETE FROM outbox WHERE id = ?1 AND kind = ?2 AND recipient = ?3";

const DELETE_EVERY: &str = "DELETE FROM outbox";

const IS_UNTRIED: &str = "
    SELECT 1 FROM outbox WHERE kind = ?1 AND recipient = ?2 AND attempts = 0 AND id <= ?3 LIMIT 1";

const DELETE_UNTRIED: &str =
    "DELETE FROM outbox WHERE kind = ?1 AND recipient = ?2 AND attempts = 0 AND id > ?3";

const DELETE_OTHERS: &str = "DELETE FROM outbox WHERE kind = ?1 AND recipient = ?2 AND id <> ?3";

const DELETE_LANE: &str = "DELETE FROM outbox WHERE kind = ?1 AND recipient = ?2";

const HAS_EXPIRED: &str = "SELECT 1 FROM outbox WHERE expires_at <= ?1 LIMIT 1";

const EXPIRED: &str = "
    SELECT id, kind, recipient FROM outbox WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2";

const FIND_REST: &str = "SELECT silent_times FROM outbox_rests WHERE kind = ?1 AND recipient = ?2";

const REST: &str = "
    INSERT INTO outbox_rests (kind, recipient, rests_until, silent_times) VALUES (?1, ?2, ?3, 1)
    ON CONFLICT (kind, recipient) DO UPDATE
       SET rests_until = excluded.rests_until, silent_times = outbox_rests.silent_times + 1
     WHERE outbox_rests.rests_until <= ?4";

const END_REST: &str = "DELETE FROM outbox_rests WHERE kind = ?1 AND recipient = ?2";

const WAITING: &str = "
    SELECT kind, COUNT(*), MAX(attempts) FROM outbox GROUP BY kind ORDER BY kind";

impl MessageContent {
    /// Seals a content that may hold a secret, for the message with this id.
    pub fn seal(id: Uuid, json: &Secret, master_key: &MasterKey, rng: &dyn Rng) -> Self {
        let row = id.to_string();
        let sealed = master_key.seal(SealedPlace::Outbox.of(&row), json.expose().as_bytes(), rng);
        Self::Sealed(sealed)
    }
}

impl OutboxMessage {
    /// The content as JSON. `None` when this encryption key does not open it.
    pub fn open(&self, master_key: &MasterKey) -> Option<Secret> {
        match &self.content {
            MessageContent::Plain(json) => Some(Secret::new(json.as_str())),
            MessageContent::Sealed(sealed) => {
                master_key.open_text(SealedPlace::Outbox.of(&self.id.to_string()), sealed)
            }
        }
    }
}

/// Stores a message. A sealed content must be sealed under the current encryption key.
pub fn insert(tx: &mut Tx<'_>, message: &NewMessage<'_>) -> Result<(), StoreError> {
    let NewMessage { id, lane, content, due_at, expires_at } = message;
    let (plain, sealed) = match content {
        MessageContent::Plain(json) => (Some(json), None),
        MessageContent::Sealed(bytes) => (None, Some(bytes)),
    };
    let row = params![id, lane.kind, lane.recipient, plain, sealed, due_at, expires_at];
    tx.execute(INSERT, row)?.expect_rows(1)
}

/// Stores a message, unless an earlier one for the same recipient waits that was never tried: it will tell of
/// this cause, too. A later one waits where its cause was committed first: this message tells of it, and replaces it.
pub fn insert_unless_waiting(tx: &mut Tx<'_>, message: &NewMessage<'_>) -> Result<(), StoreError> {
    let NewMessage { id, lane, .. } = message;
    if tx.exists(IS_UNTRIED, params![lane.kind, lane.recipient, id])? {
        return Ok(());
    }
    // Any number of rows.
    tx.execute(DELETE_UNTRIED, params![lane.kind, lane.recipient, id]).map(drop)?;
    insert(tx, message)
}

/// Whether any message is due.
pub fn is_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    tx.exists(IS_DUE, params![now])
}

/// Lists the lanes with due messages whose recipients do not rest, the longest waiting first.
pub fn list_due_lanes(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<DueLane>, StoreError> {
    tx.query_all(DUE_LANES, params![now], |row| {
        let silent_times: Option<i64> = row.get(2)?;
        Ok(DueLane { lane: read_lane(row, 0)?, is_silent: silent_times.is_some() })
    })
}

/// Lists the oldest due messages of a lane.
pub fn list_due(
    tx: &mut Tx<'_>,
    lane: &Lane,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<OutboxMessage>, StoreError> {
    tx.query_all(DUE_OF_LANE, params![lane.kind, lane.recipient, now, limit], read)
}

/// Claims a message for sending. It is due again at `again_at` unless deleted before. `false` when
/// another server has claimed it, or it has expired.
pub fn claim(
    tx: &mut Tx<'_>,
    message: &OutboxMessage,
    again_at: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let OutboxMessage { id, lane, attempts, .. } = message;
    let row = params![id, lane.kind, lane.recipient, attempts, again_at, now];
    Ok(tx.execute(CLAIM, row)?.rows() == 1)
}

/// Puts a claimed message off.
pub fn postpone(
    tx: &mut Tx<'_>,
    message: &OutboxMessage,
    until: Timestamp,
) -> Result<(), StoreError> {
    let OutboxMessage { id, lane, .. } = message;
    // The clean-up may have deleted it meanwhile.
    tx.execute(POSTPONE, params![id, lane.kind, lane.recipient, until]).map(drop)
}

/// Deletes a message that was sent or has failed for good.
pub fn delete(tx: &mut Tx<'_>, id: Uuid, lane: &Lane) -> Result<(), StoreError> {
    // The clean-up may have deleted it meanwhile.
    tx.execute(DELETE, params![id, lane.kind, lane.recipient]).map(drop)
}

/// Deletes the other messages of a lane, in the transaction that claims one which tells all that they tell.
pub fn delete_others(tx: &mut Tx<'_>, message: &OutboxMessage) -> Result<(), StoreError> {
    let OutboxMessage { id, lane, .. } = message;
    // Any number of rows.
    tx.execute(DELETE_OTHERS, params![lane.kind, lane.recipient, id]).map(drop)
}

/// Deletes what waits for a recipient that is no more, and forgets that it rested.
pub fn delete_lane(tx: &mut Tx<'_>, lane: &Lane) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(DELETE_LANE, params![lane.kind, lane.recipient]).map(drop)?;
    end_rest(tx, lane)
}

/// Deletes all messages, such as those that come with a backup: they were sent when it was made, or
/// soon after.
pub fn delete_every(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    tx.execute(DELETE_EVERY, params![]).map(drop)
}

/// Whether any message has expired.
pub fn has_expired(tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, StoreError> {
    tx.exists(HAS_EXPIRED, params![now])
}

/// Deletes a batch of expired messages. Returns the lane of each.
pub fn delete_expired(
    tx: &mut Tx<'_>,
    now: Timestamp,
    batch: i64,
) -> Result<Vec<Lane>, StoreError> {
    let expired: Vec<ExpiredMessage> = tx.query_all(EXPIRED, params![now, batch], |row| {
        Ok(ExpiredMessage { id: row.get(0)?, lane: read_lane(row, 1)? })
    })?;
    for ExpiredMessage { id, lane } in &expired {
        delete(tx, *id, lane)?;
    }
    Ok(expired.into_iter().map(|expired| expired.lane).collect())
}

struct ExpiredMessage {
    id: Uuid,
    lane: Lane,
}

/// How often in a row the recipient of a lane did not answer.
pub fn silent_times(tx: &mut Tx<'_>, lane: &Lane) -> Result<i64, StoreError> {
    let times = tx.query_opt(FIND_REST, params![lane.kind, lane.recipient], |row| row.get(0))?;
    Ok(times.unwrap_or(0))
}

/// Leaves a recipient that did not answer alone until a time. One that rests already, because another
/// of the messages in flight failed first, rests no longer for it.
pub fn rest(
    tx: &mut Tx<'_>,
    lane: &Lane,
    until: Timestamp,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(REST, params![lane.kind, lane.recipient, until, now]).map(drop)
}

/// Notes that a recipient has answered.
pub fn end_rest(tx: &mut Tx<'_>, lane: &Lane) -> Result<(), StoreError> {
    // Another server may have noted it already.
    tx.execute(END_REST, params![lane.kind, lane.recipient]).map(drop)
}

/// Counts the messages of each kind. A kind without any is not in the list.
pub fn count_waiting(tx: &mut Tx<'_>) -> Result<Vec<WaitingMessages>, StoreError> {
    tx.query_all(WAITING, params![], |row| {
        Ok(WaitingMessages { kind: row.get(0)?, count: row.get(1)?, attempts: row.get(2)? })
    })
}

fn read_lane(row: &Row<'_>, column: usize) -> Result<Lane, StoreError> {
    Ok(Lane { kind: row.get(column)?, recipient: row.get(column + 1)? })
}

fn read(row: &Row<'_>) -> Result<OutboxMessage, StoreError> {
    let content = match (row.get(3)?, row.get(4)?) {
        (Some(json), None) => MessageContent::Plain(json),
        (None, Some(bytes)) => MessageContent::Sealed(bytes),
        _ => return Err(StoreError::Corrupt { column: 3, expected: "message" }),
    };
    Ok(OutboxMessage {
        id: row.get(0)?,
        lane: read_lane(row, 1)?,
        content,
        attempts: row.get(5)?,
        expires_at: row.get(6)?,
    })
}
