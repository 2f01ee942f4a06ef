//! The figures that are read in the database, not more often than every ten seconds.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use super::text::Exposition;
use crate::{
    model::{MessageKind, Timestamp},
    server::App,
    store::{
        StoreError, Tx,
        backup_verifications::{self, BackupVerification},
        figures::{self, StoreFigures},
        meta,
        outbox::{self, WaitingMessages},
        scheduled_backups,
    },
};

/// How long the figures are used again. Whoever may read them may do so often.
const FRESH: Duration = Duration::from_secs(10);
/// How long before its end something expires soon, in seconds.
const SOON: i64 = 14 * 86_400;

/// The figures of the last look at the database.
#[derive(Debug, Default)]
pub(in crate::server) struct LastFigures(Mutex<Option<LastRead>>);

#[derive(Debug)]
struct LastRead {
    at: Instant,
    /// `None` if the database could not be read.
    figures: Option<Figures>,
}

#[derive(Debug)]
struct Figures {
    probe: Duration,
    store: StoreFigures,
    waiting: Vec<WaitingMessages>,
    backup: Option<Timestamp>,
    verification: Option<BackupVerification>,
}

impl LastFigures {
    /// Writes the figures, which are read before if they are old.
    pub(super) async fn write(&self, app: &App, out: &mut Exposition) {
        let mut last = self.0.lock().await;
        if last.as_ref().is_none_or(|last| last.at.elapsed() >= FRESH) {
            let figures = read(app).await.inspect_err(|error| {
                tracing::debug!(%error, "could not read the figures of the database");
            });
            *last = Some(LastRead { at: Instant::now(), figures: figures.ok() });
        }
        let figures = last.as_ref().and_then(|last| last.figures.as_ref());
        let up = u8::from(figures.is_some());
        out.gauge("pocketid_database_up", "Whether the database can be read.", up);
        if let Some(figures) = figures {
            figures.write(out);
        }
    }
}

async fn read(app: &App) -> Result<Figures, StoreError> {
    let begun = Instant::now();
    app.store().read(|tx| meta::find(tx, meta::KEY_CHECK)).await?;
    let probe = begun.elapsed();
    let now = app.now();
    let read = app.store().read_apart(move |tx: &mut Tx<'_>| {
        Ok::<_, StoreError>(Figures {
            probe,
            store: figures::read(tx, now, now.plus(SOON))?,
            waiting: outbox::count_waiting(tx)?,
            backup: scheduled_backups::last_begun_at(tx)?,
            verification: backup_verifications::last(tx)?,
        })
    });
    read.await
}

impl Figures {
    fn write(&self, out: &mut Exposition) {
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
