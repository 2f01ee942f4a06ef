//! The figures of the database, as they were last read.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::text::Exposition;
use crate::{
    model::{MessageKind, Timestamp},
    store::{
        backup_verifications::BackupVerification, figures::StoreFigures, outbox::WaitingMessages,
    },
};

/// The figures of the last look at the database.
#[derive(Debug, Default)]
pub(in crate::server) struct LastFigures(pub(super) Mutex<Option<LastRead>>);

/// One look.
#[derive(Debug)]
pub(super) struct LastRead {
    /// When it was.
    pub at: Instant,
    /// `None` if the database could not be read.
    pub figures: Option<Figures>,
}

/// The figures of the database.
#[derive(Debug)]
pub(super) struct Figures {
    /// The time to read one row.
    pub probe: Duration,
    /// Numbers of rows.
    pub store: StoreFigures,
    /// The messages that wait, by kind.
    pub waiting: Vec<WaitingMessages>,
    /// When the last scheduled backup was made.
    pub backup: Option<Timestamp>,
    /// The last verification of a backup.
    pub verification: Option<BackupVerification>,
}

impl Figures {
    /// Writes the figures.
    pub(super) fn write(&self, out: &mut Exposition) {
        let store = &self.store;
        let probe = self.probe.as_secs_f64();
        out.gauge("pocketid_database_probe_seconds", "Time to read one row.", probe);
        out.gauge("pocketid_users", "Accounts.", store.users);
        out.gauge("pocketid_clients", "Clients.", store.clients);
        out.gauge("pocketid_sessions", "Browser sessions that have not expired.", store.sessions);
        let name = "pocketid_credentials_expiring";
        out.family(name, "gauge", "API keys and client secrets that expire within 14 days.");
        out.sample(name, &[("kind", "api_key")], store.expiring_api_keys);
        out.sample(name, &[("kind", "client_secret")], store.expiring_secrets);
        let name = "pocketid_signing_key_created_timestamp_seconds";
        out.family(name, "gauge", "When the newest signing key was made, by algorithm.");
        for key in &store.signing_keys {
            out.sample(name, &[("algorithm", &key.algorithm)], key.created_at.as_unix());
        }
        self.write_outbox(out);
        self.write_backups(out);
    }

    fn write_outbox(&self, out: &mut Exposition) {
        let name = "pocketid_outbox_messages";
        out.family(name, "gauge", "Messages that wait to be sent, by kind.");
        for kind in MessageKind::ALL {
            let waiting = self.waiting.iter().find(|waiting| waiting.kind == *kind);
            out.sample(name, &[("kind", kind.as_str())], waiting.map_or(0, |found| found.count));
        }
        if let Some(oldest) = self.store.oldest_message {
            let help = "When the oldest message that waits was made.";
            out.gauge("pocketid_outbox_oldest_timestamp_seconds", help, oldest.as_unix());
        }
    }

    fn write_backups(&self, out: &mut Exposition) {
        if let Some(made) = self.backup {
            let help = "When the last scheduled backup was made.";
            out.gauge("pocketid_backup_timestamp_seconds", help, made.as_unix());
        }
        if let Some(verified) = &self.verification {
            let help = "When a backup was last verified.";
            let at = verified.begun_at().as_unix();
            out.gauge("pocketid_backup_verification_timestamp_seconds", help, at);
            let is_good = u8::from(verified.fault.is_none());
            let help = "Whether the last verified backup can be restored.";
            out.gauge("pocketid_backup_verification_ok", help, is_good);
        }
    }
}
