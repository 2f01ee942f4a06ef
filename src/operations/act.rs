//! A write transaction with its actor and its time.

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

/// The actor of an operation and its time.
#[derive(Debug, Clone)]
pub struct By {
    actor: Actor,
    now: Timestamp,
    rng: Arc<dyn Rng>,
    is_directory_on: bool,
}

impl By {
    /// An operation by `actor` that happens at `now`.
    pub fn new(actor: Actor, now: Timestamp, rng: Arc<dyn Rng>) -> Self {
        Self { actor, now, rng, is_directory_on: false }
    }

    /// The same, while accounts and groups of a directory are kept by it (`ldapEnabled`): only a sync changes
    /// them then.
    pub fn beside_directory(self, is_directory_on: bool) -> Self {
        Self { is_directory_on, ..self }
    }

    /// Turns an operation and its input into the closure of a write transaction. The store may run
    /// the closure again, so each attempt borrows the input.
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

/// A write transaction with a known actor. It derefs to [`Tx`] for plain reads and writes.
#[derive(Debug)]
pub struct Act<'a, 'tx> {
    tx: &'a mut Tx<'tx>,
    by: &'a By,
    /// Number of ids given out so far.
    ids: u16,
}

impl Act<'_, '_> {
    /// The time of the operation, the same for all its changes.
    pub fn now(&self) -> Timestamp {
        self.by.now
    }

    /// Whether a directory keeps its accounts and groups.
    pub(super) fn is_directory_on(&self) -> bool {
        self.by.is_directory_on
    }

    /// Whether names may have the form of an id. Programs take names over SCIM from a directory, and
    /// cannot choose others. Commands take such a text for an id, and never for a name.
    pub(super) fn may_name_like_ids(&self) -> bool {
        matches!(self.by.actor, Actor::Scim(_))
    }

    /// Whether a username that the actor gives is good for `{username}`: from the terminal, a directory or a SCIM token.
    /// A session or an API key may be stolen, so the REST API asks for more.
    pub(super) fn gives_names(&self) -> bool {
        match &self.by.actor {
            Actor::Cli | Actor::Program | Actor::Scim(_) => true,
            Actor::Client | Actor::User(_) => false,
        }
    }

    /// Returns a new id for a row. The ids of one transaction sort in the order of the calls, so
    /// that the audit log shows the order of its events.
    pub fn new_id(&mut self) -> Uuid {
        self.ids = self.ids.wrapping_add(1);
        self.by.rng.numbered_uuid_v7(self.by.now.as_unix_millis(), self.ids)
    }

    /// Returns a generator of new ids that does not borrow the transaction.
    pub fn new_ids(&self) -> impl Fn() -> Uuid + use<> {
        let (rng, millis) = (Arc::clone(&self.by.rng), self.by.now.as_unix_millis());
        move || rng.uuid_v7(millis)
    }

    /// The source of randomness.
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

    /// Writes an audit entry: the event, the actor, the door, and the user or object concerned.
    pub fn audit(
        &mut self,
        kind: EventKind,
        concerned: impl Into<Concerned>,
        data: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<(), StoreError> {
        let actor = self.by.actor.clone();
        self.audit_by(actor, kind, concerned, data)
    }

    /// Writes an audit entry for what the program itself did, whoever caused the transaction.
    pub(super) fn audit_of_program(
        &mut self,
        kind: EventKind,
        concerned: impl Into<Concerned>,
        data: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<(), StoreError> {
        self.audit_by(Actor::Program, kind, concerned, data)
    }

    fn audit_by(
        &mut self,
        actor: Actor,
        kind: EventKind,
        concerned: impl Into<Concerned>,
        data: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<(), StoreError> {
        let Concerned { user_id, object_id } = concerned.into();
        let mut data = BTreeMap::from_iter(data);
        // Marks actions of programs, so that a reader can tell them from those of the user.
        match &actor {
            Actor::User(user) if user.is_api_key => {
                data.insert("authentication", "API key".to_owned());
            }
            Actor::Scim(program) => {
                data.insert("authentication", "SCIM".to_owned());
                data.insert("scimToken", program.name.to_string());
            }
            Actor::Cli | Actor::Client | Actor::Program | Actor::User(_) => {}
        }
        let event = AuditEvent {
            id: AuditEventId(self.new_id()),
            kind,
            user_id,
            object_id,
            actor,
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
