//! Sends the messages of the outbox: logout notices, mails, SCIM provisioning, webhooks.
//!
//! A message is a row before it is sent, so none is lost when a server stops. The first server to
//! claim it sends it; a failed attempt is repeated with growing pauses until the message expires.
//!
//! A recipient that does not answer delays no other. Each has a few slots, which are refilled as soon
//! as one is free. One that is silent rests, on all servers, and is then tried with one message. When
//! it returns, its messages go out one after another at a bounded pace.

mod deliver;
mod failure;
mod lanes;
mod send;

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};

use tokio::{
    task::{Id, JoinError, JoinSet},
    time::{Instant, MissedTickBehavior, interval},
};
use tracing::Instrument as _;
use uuid::Uuid;

pub(super) use self::failure::DeliveryFailure;
use self::{
    lanes::{LaneQueue, Lanes},
    send::{SendOutcome, send},
};
use super::{App, metrics::AttemptResult};
use crate::{
    model::{MessageKind, Timestamp},
    store::{
        StoreError, Tx,
        outbox::{self, Lane},
    },
};

/// How often the server looks for messages that other servers left unsent.
const INTERVAL: Duration = Duration::from_secs(15);
/// The least pause between two looks: with many messages each one reads a whole index.
const LEAST_PAUSE: Duration = Duration::from_millis(250);
/// The maximum number of messages in flight.
const AT_ONCE: usize = 64;
/// The maximum number of messages of one recipient read at a time.
const OF_LANE: i64 = 64;
/// The same, when very many recipients have messages.
const OF_LANE_AT_LEAST: i64 = 4;
/// The maximum number of messages read at a time.
const OF_ALL: usize = 1_024;
/// The maximum number of expired messages deleted in one write.
const BATCH: i64 = 500;

/// Sends due messages until the task is aborted.
pub(super) async fn run(app: Arc<App>) {
    let mut sender = Sender::new(app);
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let look_at = sender.looked_at + LEAST_PAUSE;
        let may_look = look_at <= Instant::now();
        if sender.has_to_look
            && may_look
            && let Err(error) = sender.look().await
        {
            // The next tick, or the next message, tries again.
            tracing::warn!(%error, "could not send messages");
        }
        let look_at = (sender.has_to_look && !may_look).then_some(look_at);
        let next = sender.fill().into_iter().chain(look_at).min();
        tokio::select! {
            () = sender.app.outbox().notified() => sender.has_to_look = true,
            _ = ticks.tick() => sender.has_to_look = true,
            () = sleep_until(next) => {}
            Some(ended) = sender.tasks.join_next_with_id() => sender.settle(ended),
        }
    }
}

/// Sleeps until a lane may send again; without one, until something else happens.
async fn sleep_until(next: Option<Instant>) {
    match next {
        Some(next) => tokio::time::sleep_until(next).await,
        None => std::future::pending().await,
    }
}

/// The messages in flight and the messages that wait.
struct Sender {
    app: Arc<App>,
    tasks: JoinSet<Result<SendOutcome, StoreError>>,
    sending: HashMap<Id, MessageKey>,
    lanes: Lanes,
    has_to_look: bool,
    looked_at: Instant,
}

/// The key of a row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct MessageKey {
    id: Uuid,
    lane: Lane,
}

impl Sender {
    fn new(app: Arc<App>) -> Self {
        Self {
            app,
            tasks: JoinSet::new(),
            sending: HashMap::new(),
            lanes: Lanes::default(),
            has_to_look: true,
            looked_at: Instant::now() - LEAST_PAUSE,
        }
    }

    /// Reads the due messages, and deletes expired ones.
    async fn look(&mut self) -> Result<(), StoreError> {
        self.has_to_look = false;
        self.looked_at = Instant::now();
        let now = self.app.now();
        give_up_expired(&self.app, now).await?;
        let due = self.app.store().read_apart(move |tx| list_due(tx, now)).await?;
        let sending: BTreeSet<_> = self.sending.values().cloned().collect();
        self.lanes.refill(due, |message| {
            !sending.contains(&MessageKey { id: message.id, lane: message.lane.clone() })
        });
        Ok(())
    }

    /// Starts messages until all slots are full. Returns when the next one may be started, if that is
    /// only a matter of time.
    fn fill(&mut self) -> Option<Instant> {
        let now = Instant::now();
        while self.tasks.len() < AT_ONCE
            && let Some(message) = self.lanes.next(now)
        {
            let key = MessageKey { id: message.id, lane: message.lane.clone() };
            let kind = key.lane.kind.as_str();
            let span = tracing::trace_span!("message", otel.name = format!("send {kind}"));
            let work = send(Arc::clone(&self.app), message).instrument(span);
            let task = self.tasks.spawn(work);
            self.sending.insert(task.id(), key);
        }
        if self.tasks.len() < AT_ONCE { self.lanes.next_start() } else { None }
    }

    fn settle(&mut self, ended: Result<(Id, Result<SendOutcome, StoreError>), JoinError>) {
        let (id, result) = match ended {
            Ok((id, result)) => (id, result),
            // A panic concerns one message, which is tried again.
            Err(error) => (error.id(), Ok(SendOutcome::Settled)),
        };
        let Some(MessageKey { lane, .. }) = self.sending.remove(&id) else { return };
        let outcome = result.unwrap_or_else(|error| {
            let kind = lane.kind.as_str();
            tracing::warn!(%error, kind, "could not store what became of a message");
            SendOutcome::Settled
        });
        self.has_to_look |= self.lanes.settle(&lane, outcome);
    }
}

/// Deletes expired messages, and says so. Most messages to a silent recipient are never tried, so
/// they expire here.
async fn give_up_expired(app: &App, now: Timestamp) -> Result<(), StoreError> {
    if !app.store().read(move |tx| outbox::has_expired(tx, now)).await? {
        return Ok(());
    }
    let lanes = app.store().write(move |tx| outbox::delete_expired(tx, now, BATCH)).await?;
    for kind in MessageKind::ALL.iter().copied() {
        let messages = lanes.iter().filter(|lane| lane.kind == kind).count();
        if messages > 0 {
            if let Some(metrics) = app.metrics() {
                metrics.count_messages(kind, AttemptResult::GivenUp, messages as u64);
            }
            let kind = kind.as_str();
            tracing::error!(kind, messages, "gave up sending messages: they have expired");
        }
    }
    Ok(())
}

fn list_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<LaneQueue>, StoreError> {
    let mut queues = Vec::new();
    let mut count = 0;
    let mut lanes = outbox::list_due_lanes(tx, now)?;
    // However many recipients have however much, these are few and go first: login codes are not good for long.
    lanes.sort_by_key(|due| !matches!(due.lane.kind, MessageKind::Mail | MessageKind::Scim));
    let each = i64::try_from(OF_ALL / lanes.len().max(1)).unwrap_or(OF_LANE);
    let each = each.clamp(OF_LANE_AT_LEAST, OF_LANE);
    for due in lanes {
        let messages = outbox::list_due(tx, &due.lane, now, each)?;
        count += messages.len();
        let has_more = i64::try_from(messages.len()).is_ok_and(|count| count >= each);
        queues.push(LaneQueue { due, messages: messages.into(), has_more });
        if count >= OF_ALL {
            break;
        }
    }
    Ok(queues)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Database,
        store::{
            Store,
            outbox::{MessageContent, NewMessage},
        },
    };

    fn insert(
        tx: &mut Tx<'_>,
        number: u128,
        kind: MessageKind,
        recipient: String,
        due_at: i64,
    ) -> Result<(), StoreError> {
        let message = NewMessage {
            id: Uuid::from_u128(number),
            lane: &Lane { kind, recipient },
            content: &MessageContent::Plain("{}".to_owned()),
            due_at: Timestamp::from_unix(due_at),
            expires_at: Timestamp::from_unix(1_000),
        };
        outbox::insert(tx, &message)
    }

    #[test]
    fn a_mail_is_read_however_many_others_wait_longer() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&Database::Sqlite(folder.path().join("db"))).unwrap();
        let stored = store.write_blocking(|tx| {
            for number in 0..40 * 70 {
                let recipient = (number % 40).to_string();
                insert(tx, number, MessageKind::BackchannelLogout, recipient, 1)?;
            }
            insert(tx, 0, MessageKind::Mail, String::new(), 100)
        });
        stored.unwrap();

        let queues = store.read_blocking(|tx| list_due(tx, Timestamp::from_unix(200))).unwrap();

        assert_eq!(queues[0].due.lane.kind, MessageKind::Mail);
        assert_eq!(queues.len(), 41);
        assert!(queues.iter().map(|queue| queue.messages.len()).sum::<usize>() <= OF_ALL);
    }
}
