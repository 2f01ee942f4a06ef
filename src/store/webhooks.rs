//! `webhooks`: receivers of events of the audit log, and `webhook_deliveries`: the outcome of their
//! last deliveries. An event is a message of the outbox for each of them.

use super::{
    Row, StoreError, Tx,
    list::{List, ListPage, ListQuery},
    outbox::{self, Lane, MessageContent, NewMessage},
    value::{from_json, params, to_json},
};
use crate::model::{
    AuditEvent, DeliveryRecord, EventFilter, MessageKind, PreviousSecret, Timestamp, Webhook,
    WebhookId, WebhookName,
};

/// How long an event is tried, in seconds: three days.
const LIFETIME: i64 = 259_200;
/// The longest stored reason of a failure, in characters.
const MAX_ERROR: usize = 500;

macro_rules! columns {
    () => {
        "w.id, w.name, w.url, w.events, w.is_enabled, w.sealed_secret, w.sealed_previous_secret,
         w.previous_until, w.gone_at, w.created_at, d.last_delivered_at, d.last_failed_at,
         d.last_error"
    };
}

macro_rules! from {
    () => {
        "webhooks w LEFT JOIN webhook_deliveries d ON d.webhook_id = w.id"
    };
}

macro_rules! select {
    ($rest:literal) => {
        concat!("SELECT ", columns!(), " FROM ", from!(), " ", $rest)
    };
}

const PAGES: List = List {
    columns: columns!(),
    from: from!(),
    condition: None,
    key: "w.id",
    sortable: &[
        ("name", "w.name"),
        ("isEnabled", "w.is_enabled"),
        ("lastDeliveredAt", "COALESCE(d.last_delivered_at, 0)"),
        ("createdAt", "w.created_at"),
    ],
    order: "w.name, w.id",
    filterable: &[],
    searched: &["LOWER(w.name)", "LOWER(w.url)"],
    changes: None,
};

const FIND: &str = select!("WHERE w.id = ?1");

const FIND_BY_NAME: &str = select!("WHERE w.name = ?1");

const LIST: &str = select!("ORDER BY w.name, w.id");

const NAMES: &str = "SELECT name FROM webhooks ORDER BY name";

const COUNT: &str = "SELECT COUNT(*) FROM webhooks";

/// Every entry of the audit log asks this: it touches one small table.
const ENABLED: &str = "SELECT id, events FROM webhooks WHERE is_enabled = 1";

const INSERT: &str = "
    INSERT INTO webhooks (id, name, url, events, is_enabled, sealed_secret, created_at)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const INSERT_RECORD: &str = "INSERT INTO webhook_deliveries (webhook_id) VALUES (?1)";

const UPDATE: &str = "
    UPDATE webhooks
       SET name = ?2, url = ?3, events = ?4, is_enabled = ?5, sealed_secret = ?6,
           sealed_previous_secret = ?7, previous_until = ?8, gone_at = ?9
     WHERE id = ?1";

const DELETE: &str = "DELETE FROM webhooks WHERE id = ?1";

const DELIVERED: &str = "
    UPDATE webhook_deliveries SET last_delivered_at = ?2, last_error = NULL WHERE webhook_id = ?1";

const FAILED: &str = "
    UPDATE webhook_deliveries SET last_failed_at = ?2, last_error = ?3 WHERE webhook_id = ?1";

const FORGET_RECORD: &str = "
    UPDATE webhook_deliveries
       SET last_delivered_at = NULL, last_failed_at = NULL, last_error = NULL
     WHERE webhook_id = ?1";

/// Where the messages of a webhook wait.
pub fn lane(id: WebhookId) -> Lane {
    Lane { kind: MessageKind::Webhook, recipient: id.to_string() }
}

/// Stores a message for each enabled webhook that is told of this event. It names the event, and is
/// read when it is sent.
pub(super) fn tell(tx: &mut Tx<'_>, event: &AuditEvent) -> Result<(), StoreError> {
    let enabled: Vec<Listener> = tx.query_all(ENABLED, params![], |row| {
        Ok(Listener { id: row.get(0)?, events: read_filter(row, 1)? })
    })?;
    for listener in enabled.iter().filter(|listener| listener.events.includes(event.kind)) {
        let message = NewMessage {
            // The same for each attempt, so that a receiver knows an event that comes twice.
            id: event.id.0,
            lane: &lane(listener.id),
            content: &MessageContent::Plain("{}".to_owned()),
            due_at: event.created_at,
            expires_at: event.created_at.plus(LIFETIME),
        };
        outbox::insert(tx, &message)?;
    }
    Ok(())
}

struct Listener {
    id: WebhookId,
    events: EventFilter,
}

/// Finds a webhook.
pub fn find(tx: &mut Tx<'_>, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Finds the webhook of a name.
pub fn find_by_name(tx: &mut Tx<'_>, name: &WebhookName) -> Result<Option<Webhook>, StoreError> {
    tx.query_opt(FIND_BY_NAME, params![name], read)
}

/// Lists every webhook, by name.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Webhook>, StoreError> {
    tx.query_all(LIST, params![], read)
}

/// Lists a page of webhooks.
pub fn page(tx: &mut Tx<'_>, query: &ListQuery) -> Result<ListPage<Webhook>, StoreError> {
    PAGES.page(tx, &[], query, read)
}

/// Lists the name of every webhook.
pub fn names(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.query_all(NAMES, params![], |row| row.get(0))
}

/// Counts the webhooks.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_opt(COUNT, params![], |row| row.get(0))?.unwrap_or(0))
}

/// Stores a new webhook.
pub fn insert(tx: &mut Tx<'_>, webhook: &Webhook) -> Result<(), StoreError> {
    let row = params![
        webhook.id,
        webhook.name,
        webhook.url,
        to_json(&webhook.events)?,
        webhook.is_enabled,
        webhook.sealed_secret,
        webhook.created_at,
    ];
    tx.execute(INSERT, row)?.expect_rows(1)?;
    tx.execute(INSERT_RECORD, params![webhook.id])?.expect_rows(1)
}

/// Stores everything of a webhook but its deliveries.
pub fn update(tx: &mut Tx<'_>, webhook: &Webhook) -> Result<(), StoreError> {
    let previous = webhook.previous.as_ref();
    let row = params![
        webhook.id,
        webhook.name,
        webhook.url,
        to_json(&webhook.events)?,
        webhook.is_enabled,
        webhook.sealed_secret,
        previous.map(|previous| &previous.sealed),
        previous.map(|previous| previous.until),
        webhook.gone_at,
    ];
    tx.execute(UPDATE, row)?.expect_rows(1)
}

/// Deletes a webhook and its waiting messages. Returns `false` when there is none.
pub fn delete(tx: &mut Tx<'_>, id: WebhookId) -> Result<bool, StoreError> {
    outbox::delete_lane(tx, &lane(id))?;
    Ok(tx.execute(DELETE, params![id])?.rows() == 1)
}

/// Notes the outcome of an attempt: a success, or the reason of a failure.
pub fn record(
    tx: &mut Tx<'_>,
    id: WebhookId,
    error: Option<&str>,
    now: Timestamp,
) -> Result<(), StoreError> {
    // The webhook may have been deleted meanwhile.
    match error {
        None => tx.execute(DELIVERED, params![id, now]).map(drop),
        Some(error) => {
            let error: String = error.chars().take(MAX_ERROR).collect();
            tx.execute(FAILED, params![id, now, error]).map(drop)
        }
    }
}

/// Forgets the deliveries to an address that was replaced.
pub fn forget_record(tx: &mut Tx<'_>, id: WebhookId) -> Result<(), StoreError> {
    tx.execute(FORGET_RECORD, params![id]).map(drop)
}

fn read_filter(row: &Row<'_>, column: usize) -> Result<EventFilter, StoreError> {
    from_json(&row.get::<String>(column)?, column, "list of kinds of events")
}

fn read(row: &Row<'_>) -> Result<Webhook, StoreError> {
    let previous = row.get::<Option<Vec<u8>>>(6)?.zip(row.get::<Option<Timestamp>>(7)?);
    Ok(Webhook {
        id: row.get(0)?,
        name: row.get(1)?,
        url: row.get(2)?,
        events: read_filter(row, 3)?,
        is_enabled: row.get(4)?,
        sealed_secret: row.get(5)?,
        previous: previous.map(|(sealed, until)| PreviousSecret { sealed, until }),
        gone_at: row.get(8)?,
        created_at: row.get(9)?,
        deliveries: DeliveryRecord {
            last_delivered_at: row.get(10)?,
            last_failed_at: row.get(11)?,
            last_error: row.get(12)?,
        },
    })
}
