//! A write transaction together with who acts and when.

use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use uuid::Uuid;

use crate::{
    crypto::{Rng, Secret, rng::ALPHANUMERIC},
    model::{Actor, AuditEvent, AuditEventId, Concerned, EventKind, Timestamp},
    store::{StoreError, Tx, audit_events},
};

/// Who acts, and when.
#[derive(Debug, Clone)]
pub struct By {
    actor: Actor,
    now: Timestamp,
    rng: Arc<dyn Rng>,
}

impl By {
    /// Somebody who acts at this moment.
    pub fn new(actor: Actor, now: Timestamp, rng: Arc<dyn Rng>) -> Self {
        Self { actor, now, rng }
    }

    /// Makes the closure of a write out of a verb and its input. The store may run it again, so the input is
    /// lent to each attempt.
    pub fn act<I, T, E>(
        self,
        input: I,
        work: impl Fn(&mut Act<'_, '_>, &I) -> Result<T, E> + Send + 'static,
    ) -> impl Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static
    where
        I: Send + 'static,
    {
        move |tx| work(&mut Act { tx, by: &self, ids: 0 }, &input)
    }
}

/// A write transaction in which somebody acts. It is a [`Tx`] for everything that only reads or stores.
#[derive(Debug)]
pub struct Act<'a, 'tx> {
    tx: &'a mut Tx<'tx>,
    by: &'a By,
    /// How many ids it has given out.
    ids: u16,
}

impl Act<'_, '_> {
    /// The one moment at which all of it happens.
    pub fn now(&self) -> Timestamp {
        self.by.now
    }

    /// A new id for a row. Those of one transaction sort in the order in which they were asked for, so that the
    /// audit log tells what happened first.
    pub fn new_id(&mut self) -> Uuid {
        self.ids = self.ids.wrapping_add(1);
        self.by.rng.numbered_uuid_v7(self.by.now.as_unix_millis(), self.ids)
    }

    /// New ids, for what needs several and borrows the transaction meanwhile.
    pub fn new_ids(&self) -> impl Fn() -> Uuid + use<> {
        let (rng, millis) = (Arc::clone(&self.by.rng), self.by.now.as_unix_millis());
        move || rng.uuid_v7(millis)
    }

    /// Randomness.
    pub fn rng(&self) -> &dyn Rng {
        self.by.rng.as_ref()
    }

    /// Random bytes.
    pub fn random<const N: usize>(&self) -> [u8; N] {
        self.by.rng.bytes()
    }

    /// A random text of letters and digits, such as a secret.
    pub fn random_text(&self, length: usize) -> Secret {
        self.by.rng.text(ALPHANUMERIC, length)
    }

    /// Writes an audit entry: who did what, through which door, and whom or what it concerns.
    pub fn audit(
        &mut self,
        kind: EventKind,
        concerned: impl Into<Concerned>,
        data: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<(), StoreError> {
        let Concerned { user_id, object_id } = concerned.into();
        let mut data = BTreeMap::from_iter(data);
        // People read the data of an entry; a person and a program of theirs are told apart there.
        if matches!(&self.by.actor, Actor::User(user) if user.is_api_key) {
            data.insert("authentication", "API key".to_owned());
        }
        let event = AuditEvent {
            id: AuditEventId(self.new_id()),
            kind,
            user_id,
            object_id,
            actor: self.by.actor.clone(),
            data,
            created_at: self.by.now,
        };
        audit_events::insert(self.tx, &event)
    }
}

impl<'tx> Deref for Act<'_, 'tx> {
    type Target = Tx<'tx>;

    fn deref(&self) -> &Self::Target {
        self.tx
    }
}

impl DerefMut for Act<'_, '_> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        self.tx
    }
}
