//! Tells clients that a session has ended (OIDC Back-Channel Logout 1.0).
//!
//! Notices are stored in the database when the session ends, so none is lost when a server stops.
//! The first server to claim a notice sends it.
//!
//! A client that does not answer delays no other client. Each client has a few slots, which are
//! refilled as soon as one is free. A silent client is left alone for a while and then tried with
//! one notice.

mod send;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use tokio::{
    task::{Id, JoinError, JoinSet},
    time::{MissedTickBehavior, interval},
};
use uuid::Uuid;

use self::send::{SendOutcome, send};
use super::App;
use crate::{
    model::ClientId,
    store::{
        StoreError, Tx,
        backchannel_logouts::{self, BackchannelLogout, GIVE_UP_SECONDS, NoticeLimits},
    },
};

/// How often the server looks for notices that other servers left unsent.
const INTERVAL: Duration = Duration::from_secs(15);
/// The maximum number of notices in flight to one client.
const OF_CLIENT: usize = 4;
/// The maximum number of notices in flight.
const AT_ONCE: usize = 64;
/// The maximum number of notices read at a time.
const PAGE: NoticeLimits = NoticeLimits { of_client: 64, of_all: 1_024 };
/// The maximum number of expired notices deleted in one write.
const BATCH: i64 = 500;

/// Sends due notices until the task is aborted.
pub(super) async fn run(app: Arc<App>) {
    let mut sender = Sender::new(app);
    let mut ticks = interval(INTERVAL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        if sender.has_to_look
            && let Err(error) = sender.look().await
        {
            // The next tick, or the next logout, tries again.
            tracing::warn!(%error, "could not send logout notices");
        }
        sender.fill();
        tokio::select! {
            () = sender.app.backchannel_logout_queue().notified() => sender.has_to_look = true,
            _ = ticks.tick() => sender.has_to_look = true,
            Some(ended) = sender.tasks.join_next_with_id() => sender.settle(ended),
        }
    }
}

/// The notices in flight and the notices that wait.
struct Sender {
    app: Arc<App>,
    tasks: JoinSet<Result<SendOutcome, StoreError>>,
    sending: HashMap<Id, (Uuid, ClientId)>,
    /// The due notices at the last read. A client without any is not in the map.
    waiting: BTreeMap<ClientId, VecDeque<BackchannelLogout>>,
    /// The clients that did not answer the last notice.
    silent: BTreeSet<ClientId>,
    has_to_look: bool,
    /// Whether more notices are due than were read.
    has_more: bool,
}

impl Sender {
    fn new(app: Arc<App>) -> Self {
        Self {
            app,
            tasks: JoinSet::new(),
            sending: HashMap::new(),
            waiting: BTreeMap::new(),
            silent: BTreeSet::new(),
            has_to_look: true,
            has_more: false,
        }
    }

    /// Reads the due notices, and deletes expired ones.
    async fn look(&mut self) -> Result<(), StoreError> {
        self.has_to_look = false;
        self.give_up().await?;
        let now = self.app.now();
        let due = move |tx: &mut Tx<'_>| backchannel_logouts::list_due(tx, now, PAGE);
        let due = self.app.store().read(due).await?;
        self.has_more = i64::try_from(due.len()).is_ok_and(|count| count >= PAGE.of_client);
        self.waiting.clear();
        let sending: BTreeSet<_> = self.sending.values().cloned().collect();
        for notice in due {
            if !sending.contains(&(notice.id, notice.ended.client_id.clone())) {
                let of_client = self.waiting.entry(notice.ended.client_id.clone());
                of_client.or_default().push_back(notice);
            }
        }
        Ok(())
    }

    /// Deletes expired notices. Most notices to a silent client are never tried, so they expire
    /// here.
    async fn give_up(&self) -> Result<(), StoreError> {
        let before = self.app.now().plus(-GIVE_UP_SECONDS);
        let is_there = move |tx: &mut Tx<'_>| backchannel_logouts::is_older(tx, before);
        if self.app.store().read(is_there).await? {
            let delete =
                move |tx: &mut Tx<'_>| backchannel_logouts::delete_older(tx, before, BATCH);
            let notices = self.app.store().write(delete).await?;
            tracing::error!(notices, "gave up sending logout notices: the clients did not answer");
        }
        Ok(())
    }

    /// Starts notices until all slots are full. The client with the fewest notices in flight goes
    /// first.
    fn fill(&mut self) {
        while self.tasks.len() < AT_ONCE
            && let Some(client) = self.next_client()
            && let Some(notice) = self.take(&client)
        {
            let key = (notice.id, client);
            let task = self.tasks.spawn(send(Arc::clone(&self.app), notice));
            self.sending.insert(task.id(), key);
        }
    }

    fn next_client(&self) -> Option<ClientId> {
        let mut busy: BTreeMap<&ClientId, usize> = BTreeMap::new();
        for (_, client) in self.sending.values() {
            *busy.entry(client).or_default() += 1;
        }
        let busy = |client: &ClientId| busy.get(client).copied().unwrap_or_default();
        let places = |client| if self.silent.contains(client) { 1 } else { OF_CLIENT };
        let free = self.waiting.keys().filter(|client| busy(client) < places(client));
        free.min_by_key(|client| busy(client)).cloned()
    }

    fn take(&mut self, client: &ClientId) -> Option<BackchannelLogout> {
        let queue = self.waiting.get_mut(client)?;
        let notice = queue.pop_front();
        if queue.is_empty() {
            self.waiting.remove(client);
        }
        notice
    }

    fn settle(&mut self, ended: Result<(Id, Result<SendOutcome, StoreError>), JoinError>) {
        let (id, outcome) = match ended {
            Ok((id, outcome)) => (id, outcome),
            // A panic concerns one notice, which is tried again.
            Err(error) => (error.id(), Ok(SendOutcome::Settled)),
        };
        let Some((_, client)) = self.sending.remove(&id) else { return };
        match outcome {
            Ok(SendOutcome::Settled) => {
                self.silent.remove(&client);
            }
            Ok(SendOutcome::Silent) => {
                self.waiting.remove(&client);
                self.silent.insert(client.clone());
            }
            Err(error) => tracing::warn!(%error, "could not send a logout notice to a client"),
        }
        self.has_to_look |= self.has_more && !self.waiting.contains_key(&client);
    }
}
