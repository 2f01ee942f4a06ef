//! Sends one message: claims it, delivers it, and settles it by the answer of its recipient.

use std::sync::Arc;

use super::{DeliveryFailure, deliver};
use crate::{
    model::{MessageKind, Timestamp},
    server::{App, metrics::AttemptResult},
    store::{
        StoreError, Tx,
        outbox::{self, Lane, OutboxMessage},
    },
};

/// The wait after each failed attempt, in seconds. The last one is repeated until the message expires.
const PAUSES: [i64; 6] = [15, 60, 300, 1_800, 7_200, 21_600];
/// How long a recipient rests after it did not answer, in seconds: longer each time, but never so long
/// that its return goes unnoticed.
const RESTS: [i64; 3] = [15, 60, 300];

/// The outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendOutcome {
    /// The recipient answered, or there was nothing to send.
    Settled,
    /// The recipient did not answer, or is busy.
    Silent,
}

fn nth(pauses: &[i64], times: i64) -> i64 {
    let times = usize::try_from(times).unwrap_or(usize::MAX);
    pauses.get(times).or(pauses.last()).copied().unwrap_or(0)
}

/// Sends a message, unless another server has claimed it.
pub(super) async fn send(app: Arc<App>, message: OutboxMessage) -> Result<SendOutcome, StoreError> {
    let now = app.now();
    let claimed = message.clone();
    // The claim outlasts the attempt, so that no other server begins it meanwhile.
    let claimed_until = now.plus(deliver::claim_seconds(message.lane.kind));
    if !app.store().write(move |tx| claim(tx, &claimed, claimed_until, now)).await? {
        return Ok(SendOutcome::Settled);
    }
    let result = deliver::deliver(&app, &message, now).await;
    let rest = result.as_ref().err().and_then(DeliveryFailure::rest);
    let pause = nth(&PAUSES, message.attempts).max(rest.unwrap_or(0));
    let again_at = app.now().plus(pause);
    let is_over = match &result {
        Ok(()) | Err(DeliveryFailure::Final(_)) => true,
        Err(_) => again_at >= message.expires_at,
    };
    log(&message.lane, &result, is_over);
    count(&app, message.lane.kind, &result, is_over);
    let now = app.now();
    let settled = app.store().write(move |tx| {
        if is_over {
            outbox::delete(tx, message.id, &message.lane)?;
        } else {
            outbox::postpone(tx, &message, again_at)?;
        }
        settle_lane(tx, &message.lane, rest, now)
    });
    settled.await?;
    Ok(if rest.is_some() { SendOutcome::Silent } else { SendOutcome::Settled })
}

/// Claims a message. A synchronisation does what earlier ones were to do, so these are deleted.
fn claim(
    tx: &mut Tx<'_>,
    message: &OutboxMessage,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let is_claimed = outbox::claim(tx, message, until, now)?;
    if is_claimed && message.lane.kind == MessageKind::Scim {
        outbox::delete_others(tx, message)?;
    }
    Ok(is_claimed)
}

/// Notes whether the recipient answered. One that did not, or that is busy, rests, at least for as many
/// seconds as it asked for.
fn settle_lane(
    tx: &mut Tx<'_>,
    lane: &Lane,
    rest: Option<i64>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let silent_times = outbox::silent_times(tx, lane)?;
    match (rest, silent_times) {
        (Some(seconds), times) => {
            outbox::rest(tx, lane, now.plus(nth(&RESTS, times).max(seconds)), now)
        }
        (None, 0) => Ok(()),
        (None, _) => outbox::end_rest(tx, lane),
    }
}

fn count(app: &App, kind: MessageKind, result: &Result<(), DeliveryFailure>, is_over: bool) {
    let Some(metrics) = app.metrics() else { return };
    let result = match result {
        Ok(()) => AttemptResult::Sent,
        Err(_) if is_over => AttemptResult::GivenUp,
        Err(_) => AttemptResult::Failed,
    };
    metrics.count_messages(kind, result, 1);
}

fn log(lane: &Lane, result: &Result<(), DeliveryFailure>, is_over: bool) {
    let (kind, recipient) = (lane.kind.as_str(), lane.recipient.as_str());
    match result {
        Ok(()) => tracing::info!(kind, recipient, "sent a message"),
        Err(failure) if is_over => tracing::error!(
            kind,
            recipient,
            cause = failure.cause(),
            "could not send a message; gave up"
        ),
        Err(failure) => tracing::warn!(
            kind,
            recipient,
            cause = failure.cause(),
            "could not send a message; will try again"
        ),
    }
}
