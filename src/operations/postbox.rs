//! Puts mails into the outbox, in the transaction of their cause.

use std::{fmt, sync::Arc};

use uuid::Uuid;

use crate::{
    crypto::{MasterKey, Rng, Secret},
    model::{Mail, MessageKind, Timestamp},
    store::{
        StoreError, Tx,
        outbox::{self, Lane, MessageContent, NewMessage},
        sealed,
    },
};

/// Stores mails to send. They are sealed, since a login code in a mail signs its user in.
#[derive(Clone)]
pub struct Postbox {
    master_key: MasterKey,
    rng: Arc<dyn Rng>,
}

impl fmt::Debug for Postbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Postbox")
    }
}

impl Postbox {
    /// A postbox that seals mails under this key.
    pub fn new(master_key: MasterKey, rng: Arc<dyn Rng>) -> Self {
        Self { master_key, rng }
    }

    /// A new id for a message.
    pub(super) fn new_id(&self, now: Timestamp) -> Uuid {
        self.rng.uuid_v7(now.as_unix_millis())
    }

    /// Stores a mail, to be sent at once.
    pub fn post(&self, tx: &mut Tx<'_>, mail: &Mail, now: Timestamp) -> Result<(), StoreError> {
        sealed::require(tx, &self.master_key)?;
        let json = serde_json::to_string(mail);
        let json = Secret::new(json.map_err(|error| StoreError::Unwritable(error.to_string()))?);
        let id = self.new_id(now);
        let content = MessageContent::seal(id, &json, &self.master_key, self.rng.as_ref());
        let message = NewMessage {
            id,
            lane: &Lane { kind: MessageKind::Mail, recipient: String::new() },
            content: &content,
            due_at: now,
            expires_at: now.plus(mail.letter.seconds(now)),
        };
        outbox::insert(tx, &message)
    }
}
