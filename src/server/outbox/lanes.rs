//! Chooses the next message: slots and pace of each recipient.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use tokio::time::Instant;

use super::send::SendOutcome;
use crate::{
    model::MessageKind,
    store::outbox::{DueLane, Lane, OutboxMessage},
};

/// The bounds on what one recipient gets.
#[derive(Debug, Clone, Copy)]
struct Bounds {
    /// The maximum number of messages in flight.
    at_once: usize,
    /// The least time between the starts of two messages, so that a recipient that comes back is not
    /// flooded.
    pace: Duration,
}

impl Bounds {
    fn of(kind: MessageKind) -> Self {
        match kind {
            MessageKind::BackchannelLogout => Self { at_once: 4, pace: Duration::ZERO },
            // Providers of mail refuse senders that are faster.
            MessageKind::Mail => Self { at_once: 2, pace: Duration::from_millis(100) },
            // A message is the whole provisioning.
            MessageKind::Scim => Self { at_once: 1, pace: Duration::ZERO },
            MessageKind::Webhook => Self { at_once: 2, pace: Duration::from_millis(20) },
        }
    }
}

/// The due messages of a recipient.
#[derive(Debug)]
pub(super) struct LaneQueue {
    pub(super) due: DueLane,
    pub(super) messages: VecDeque<OutboxMessage>,
    /// Whether there may be more.
    pub(super) has_more: bool,
}

/// A recipient that has messages here.
#[derive(Debug)]
struct LaneState {
    waiting: VecDeque<OutboxMessage>,
    sending: usize,
    /// Whether it did not answer the last time: then it is tried with one message.
    is_silent: bool,
    /// Whether it may have more due messages than were read.
    has_more: bool,
    next_start: Instant,
}

impl LaneState {
    fn has_slot(&self, kind: MessageKind) -> bool {
        let slots = if self.is_silent { 1 } else { Bounds::of(kind).at_once };
        !self.waiting.is_empty() && self.sending < slots
    }
}

/// All recipients that have messages here, waiting or in flight.
#[derive(Debug, Default)]
pub(super) struct Lanes(BTreeMap<Lane, LaneState>);

impl Lanes {
    /// Replaces the waiting messages, except those in flight.
    pub(super) fn refill(
        &mut self,
        due: Vec<LaneQueue>,
        mut is_free: impl FnMut(&OutboxMessage) -> bool,
    ) {
        let now = Instant::now();
        for state in self.0.values_mut() {
            state.waiting.clear();
        }
        for LaneQueue { due, mut messages, has_more } in due {
            messages.retain(&mut is_free);
            let state = self.0.entry(due.lane).or_insert_with(|| LaneState {
                waiting: VecDeque::new(),
                sending: 0,
                is_silent: false,
                has_more,
                next_start: now,
            });
            state.is_silent = due.is_silent;
            state.has_more = has_more;
            state.waiting = messages;
        }
        // The time of the last start is kept as long as it matters.
        self.0.retain(|_, state| {
            !state.waiting.is_empty() || state.sending > 0 || state.next_start > now
        });
    }

    /// Takes the next message that may be started. The recipient with the fewest messages in flight
    /// goes first.
    pub(super) fn next(&mut self, now: Instant) -> Option<OutboxMessage> {
        let free = self.0.iter_mut();
        let free =
            free.filter(|(lane, state)| state.has_slot(lane.kind) && state.next_start <= now);
        let (lane, state) = free.min_by_key(|(_, state)| state.sending)?;
        let message = state.waiting.pop_front()?;
        state.sending += 1;
        state.next_start = now + Bounds::of(lane.kind).pace;
        Some(message)
    }

    /// When the first recipient with a free slot may get its next message.
    pub(super) fn next_start(&self) -> Option<Instant> {
        let free = self.0.iter().filter(|(lane, state)| state.has_slot(lane.kind));
        free.map(|(_, state)| state.next_start).min()
    }

    /// Frees the slot of a message. Returns whether the due messages have to be read again: when there
    /// may be more than were read, or when a recipient that was silent has answered.
    pub(super) fn settle(&mut self, lane: &Lane, outcome: SendOutcome) -> bool {
        let Some(state) = self.0.get_mut(lane) else { return false };
        state.sending = state.sending.saturating_sub(1);
        match outcome {
            SendOutcome::Settled => state.is_silent || (state.has_more && state.waiting.is_empty()),
            SendOutcome::Silent => {
                state.waiting.clear();
                false
            }
        }
    }
}
