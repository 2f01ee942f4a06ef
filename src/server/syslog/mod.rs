//! Sends the audit log to a syslog server (RFC 5424 over TLS, RFC 5425).
//!
//! The entries are in the database, so they are read from there: a cursor tells how far they were sent, and
//! the server that holds a lease sends the others, in the order of their ids. Syslog has no
//! acknowledgements. So each batch has a connection of its own, which is closed in order: the answer of the
//! other side to that proves that it took the batch. Without this answer the batch is sent again: each
//! entry is sent at least once.

mod message;

use std::{sync::Arc, time::Duration};

use url::Url;

use super::App;
use crate::{
    model::{LoggedEvent, Timestamp},
    outbound::{OutboundError, Reach},
    store::{
        StoreError, audit_events, leases,
        syslog_cursor::{self, SyslogCursor},
    },
};

/// The lease of the server that sends.
const LEASE: &str = "syslog";
/// How often the server looks for new entries.
const INTERVAL: Duration = Duration::from_secs(1);
/// How often another server looks whether the lease is free.
const NOT_OURS: Duration = Duration::from_secs(10);
/// How long the lease lasts, in seconds. It is renewed when half of it is over, so a batch has time.
const LEASE_SECONDS: i64 = 30;
/// The time of a batch, with its connection.
const BATCH_TIME: Duration = Duration::from_secs(10);
/// The most entries of a batch.
const BATCH: i64 = 500;
/// The waits after failures in a row.
const PAUSES: [Duration; 4] = [
    Duration::from_secs(2),
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(60),
];

/// Why a batch was not sent.
#[derive(Debug, thiserror::Error)]
enum SyslogFault {
    #[error(transparent)]
    Outbound(#[from] OutboundError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The result of one round.
enum Round {
    /// Another server sends.
    Another,
    /// Everything was sent.
    Done,
    /// There may be more.
    More,
}

/// Sends new entries until the task is aborted.
pub(super) async fn run(app: Arc<App>) {
    let Some(url) = app.settings().syslog.clone() else { return };
    let (holder, host) = (app.new_request_id(), app.settings().app_url.host().to_owned());
    let mut sender = Sender { app, url, host, holder, held: None };
    let mut failures = 0;
    loop {
        let pause = match sender.round().await {
            Ok(round) => {
                if failures > 0 {
                    tracing::info!("the syslog server takes the audit log again");
                }
                failures = 0;
                match round {
                    Round::Another => NOT_OURS,
                    Round::Done => INTERVAL,
                    Round::More => Duration::ZERO,
                }
            }
            Err(fault) => {
                if failures == 0 {
                    tracing::error!(
                        error = %fault,
                        "could not send the audit log to the syslog server; it is tried again until \
                         it succeeds"
                    );
                }
                failures += 1;
                PAUSES[(failures - 1).min(PAUSES.len() - 1)]
            }
        };
        tokio::time::sleep(pause).await;
    }
}

struct Sender {
    app: Arc<App>,
    url: Url,
    host: String,
    holder: String,
    /// Present while this server has the lease.
    held: Option<Held>,
}

/// The cursor, and until when the lease lasts.
struct Held {
    cursor: SyslogCursor,
    lease_ends: Timestamp,
}

impl Sender {
    /// Sends a batch, if there is one and this server holds the lease.
    async fn round(&mut self) -> Result<Round, SyslogFault> {
        let Some(mut held) = self.hold().await? else { return Ok(Round::Another) };
        let mut after = held.cursor.from;
        loop {
            let read =
                self.app.store().read_apart(move |tx| audit_events::list_after(tx, after, BATCH));
            let page: Vec<LoggedEvent> = read.await?;
            let is_last = i64::try_from(page.len()).is_ok_and(|count| count < BATCH);
            let Some((id, created_at)) = page.last().map(|event| (event.id, event.created_at))
            else {
                break;
            };
            let is_new = |event: &LoggedEvent| !held.cursor.sent.contains(&event.id);
            let new: Vec<_> = page.into_iter().filter(is_new).collect();
            if !new.is_empty() {
                self.send(&new).await?;
                held.cursor.sent.extend(new.iter().map(|event| event.id));
                let settled = self.settled();
                // All entries up to the end of the page were sent, and none of the settled time appears later.
                held.cursor.advance(if is_last { settled } else { settled.min(created_at) });
                let saved = held.cursor.clone();
                self.app.store().write(move |tx| syslog_cursor::save(tx, &saved)).await?;
                self.held = Some(held);
                return Ok(if is_last { Round::Done } else { Round::More });
            }
            if is_last {
                break;
            }
            after = id;
        }
        // Not stored: it only saves reading the same entries again.
        held.cursor.advance(self.settled());
        self.held = Some(held);
        Ok(Round::Done)
    }

    /// The moment before which no entry appears any more.
    fn settled(&self) -> Timestamp {
        self.app.now().plus(-audit_events::LATE_SECONDS)
    }

    /// Takes or renews the lease. `None` when another server has it.
    async fn hold(&mut self) -> Result<Option<Held>, SyslogFault> {
        let now = self.app.now();
        if let Some(held) = self.held.take()
            && now < held.lease_ends.plus(-LEASE_SECONDS / 2)
        {
            return Ok(Some(held));
        }
        let (holder, lease_ends) = (self.holder.clone(), now.plus(LEASE_SECONDS));
        // Another server may have sent entries since the last round, so the cursor is read with the lease.
        let cursor = self.app.store().write(move |tx| {
            if !leases::take(tx, LEASE, &holder, now, lease_ends)? {
                return Ok::<_, StoreError>(None);
            }
            if let Some(cursor) = syslog_cursor::find(tx)? {
                return Ok(Some(cursor));
            }
            // The first time: what happened before is not sent.
            let cursor = SyslogCursor::at(now);
            syslog_cursor::save(tx, &cursor)?;
            Ok(Some(cursor))
        });
        Ok(cursor.await?.map(|cursor| Held { cursor, lease_ends }))
    }

    /// Sends entries, and waits until the server has taken them.
    async fn send(&self, events: &[LoggedEvent]) -> Result<(), OutboundError> {
        let bytes: Vec<u8> =
            events.iter().flat_map(|event| message::frame(event, &self.host)).collect();
        let outbound = self.app.outbound();
        outbound.send_over_tls(&self.url, Reach::Anywhere, BATCH_TIME, &bytes).await?;
        tracing::debug!(entries = events.len(), "sent entries of the audit log");
        Ok(())
    }
}
