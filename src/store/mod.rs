//! The only module with SQL.
//!
//! [`Store::read`] and [`Store::write`] run a synchronous closure in a transaction. Each submodule
//! holds a table family. The SQL is written once, in the common dialect of SQLite and PostgreSQL;
//! only the schemas and the connections differ.

pub mod access_tokens;
pub mod api_clients;
pub mod api_keys;
pub mod apis;
pub mod app_config;
pub mod asserted_subjects;
pub mod audit_events;
pub mod authorization_codes;
pub mod backchannel_logouts;
pub mod backup_verifications;
pub mod batches;
mod bulk;
mod busyness;
pub mod ceremonies;
pub mod client_access_tokens;
pub mod client_assertions;
pub mod client_changes;
pub mod client_lists;
pub mod client_metadata_documents;
pub mod client_metadata_requests;
pub mod client_registrations;
pub mod clients;
pub mod columns;
pub mod consents;
pub mod custom_claims;
pub mod device_codes;
pub mod device_logins;
pub mod directory;
pub mod dpop_proofs;
mod earlier;
pub mod email_verifications;
pub mod error;
mod examination;
pub mod exchanged_tokens;
pub mod expired;
pub mod expiring_secrets;
pub mod figures;
pub mod file_system;
pub mod foreign;
pub mod grants;
pub mod groups;
pub mod host_sessions;
pub mod identity_assertions;
pub mod images;
pub mod interactions;
mod job;
mod kept_counts;
pub mod leases;
pub mod list;
pub mod live_grants;
mod load;
pub mod memberships;
pub mod meta;
pub mod notices;
pub mod one_time_access_tokens;
mod open_fault;
mod outage;
pub mod outbox;
pub mod passkeys;
mod postgres;
pub mod private_file;
pub mod protected_hosts;
pub mod pushed_authorization_requests;
pub mod reauthentications;
pub mod refresh_tokens;
mod registered_grant_types;
pub mod registration_tokens;
mod reopened_setup;
mod replace;
mod roll_back;
pub mod room;
pub mod scheduled_backups;
pub mod schema;
pub mod scim_ids;
pub mod scim_providers;
pub mod scim_resources;
pub mod scim_tokens;
pub mod sealed;
mod self_check;
pub mod server_stop;
pub mod service_assertions;
pub mod services;
pub mod sessions;
pub mod setup;
pub mod short_codes;
pub mod sign_out;
pub mod signing_keys;
pub mod signup_tokens;
mod sqlite;
pub mod ssh_accounts;
pub mod ssh_ca_keys;
pub mod ssh_certificates;
pub mod ssh_users;
pub mod syslog_cursor;
mod tx;
pub mod user_list;
pub mod users;
pub mod value;
pub mod webhooks;
mod write_probe;

use std::{path::PathBuf, sync::Arc, time::Duration};

pub use earlier::{Earlier, RolledBack};
pub use error::StoreError;
pub use examination::Examination;
use job::job;
pub use load::{Load, Replacement};
use outage::Outage;
pub use postgres::ForeignServer;
use postgres::Postgres;
pub use replace::{load_apart, replace};
pub use roll_back::{find_earlier, roll_back};
use sqlite::Sqlite;
pub use sqlite::left_behind;
pub use tx::{Row, Sound, Tx};

use crate::model::Database;

/// The longest time that a list may be read.
const MAX_READ: Duration = Duration::from_secs(20);

/// The database.
#[derive(Debug)]
pub struct Store {
    engine: Engine,
    outage: Outage,
}

/// The claim of a running server; dropping it releases the claim.
#[derive(Debug)]
pub struct ServerClaim(#[expect(dead_code, reason = "it is there to be dropped")] Claim);

#[derive(Debug)]
enum Claim {
    Alone(#[expect(dead_code, reason = "it is there to be dropped")] Box<postgres::ClaimAlone>),
    Postgres(#[expect(dead_code, reason = "it is there to be dropped")] postgres::ServerClaim),
    Sqlite(#[expect(dead_code, reason = "it is there to be dropped")] sqlite::ServerClaim),
}

#[derive(Debug)]
enum Engine {
    Postgres(Arc<Postgres>),
    Sqlite(Arc<Sqlite>),
}

impl Store {
    /// Opens a database, creates it if missing and possible, and migrates it.
    pub fn open(database: &Database) -> Result<Self, StoreError> {
        let outage = Outage::default();
        let engine = match database {
            Database::Postgres(address) => {
                Engine::Postgres(Arc::new(Postgres::open(address, outage.clone())?))
            }
            Database::Sqlite(path) => Engine::Sqlite(Arc::new(Sqlite::open(path, outage.clone())?)),
        };
        Ok(Self { engine, outage })
    }

    /// Opens an existing, up-to-date database without changing it, for read-only commands.
    pub fn open_as_it_is(database: &Database) -> Result<Self, StoreError> {
        let outage = Outage::default();
        let engine = match database {
            Database::Postgres(address) => {
                Engine::Postgres(Arc::new(Postgres::open_as_it_is(address, outage.clone())?))
            }
            Database::Sqlite(path) => {
                Engine::Sqlite(Arc::new(Sqlite::open_as_it_is(path, outage.clone())?))
            }
        };
        Ok(Self { engine, outage })
    }

    /// Whether writes are kept: an SQLite file is still in its place, and the last write did not
    /// fail for lack of a disk or a server.
    pub fn can_write(&self) -> bool {
        let is_there = match &self.engine {
            Engine::Postgres(_) => true,
            Engine::Sqlite(sqlite) => sqlite.check_place().is_ok(),
        };
        is_there && !self.outage.goes_on()
    }

    /// Checks that an SQLite file is still in its place and, after a failed write, that writes work
    /// again.
    pub async fn try_writing(&self) -> Result<(), StoreError> {
        if let Engine::Sqlite(sqlite) = &self.engine {
            sqlite.check_place()?;
        }
        if self.outage.goes_on() {
            self.write(write_probe::write).await?;
            self.write(write_probe::remove).await?;
        }
        Ok(())
    }

    /// Examines the database for damage and for missing privileges of this user. Reads all of it,
    /// however long that takes.
    pub fn examine(&self) -> Result<Examination, StoreError> {
        match &self.engine {
            Engine::Postgres(postgres) => postgres.read(|tx| {
                tx.take_your_time()?;
                examination::postgres(tx)
            }),
            Engine::Sqlite(sqlite) => sqlite.read(examination::sqlite),
        }
    }

    /// [`Store::examine`] for no longer than a list may be read ([`MAX_READ`]).
    pub fn examine_briefly(&self) -> Result<Examination, StoreError> {
        match &self.engine {
            Engine::Postgres(postgres) => postgres.read(examination::postgres),
            Engine::Sqlite(sqlite) => sqlite.read_within(MAX_READ, examination::sqlite),
        }
    }

    /// The network file system of an SQLite file, if it is on one. SQLite's locks are unreliable
    /// there.
    pub fn network_file_system(&self) -> Option<&'static str> {
        match &self.engine {
            Engine::Postgres(_) => None,
            Engine::Sqlite(sqlite) => sqlite.network_file_system(),
        }
    }

    /// Registers this process as a server. An SQLite file has at most one server; other commands
    /// may run beside it. PostgreSQL may have many. No restore can run meanwhile.
    pub fn claim_for_server(&self) -> Result<ServerClaim, StoreError> {
        Ok(ServerClaim(match &self.engine {
            Engine::Postgres(postgres) => Claim::Postgres(postgres.claim_for_server()?),
            Engine::Sqlite(sqlite) => Claim::Sqlite(sqlite.claim_for_server()?),
        }))
    }

    /// Fails if a server is running; prevents servers from starting until the claim is dropped.
    pub fn claim_alone(&self) -> Result<ServerClaim, StoreError> {
        Ok(ServerClaim(match &self.engine {
            Engine::Postgres(postgres) => Claim::Alone(Box::new(postgres.claim_alone()?)),
            Engine::Sqlite(sqlite) => Claim::Sqlite(sqlite.claim_for_server()?),
        }))
    }

    /// Moves the data of an SQLite database from its log into the file, for people who mistake the log for rubbish.
    pub fn settle(&self) -> Result<(), StoreError> {
        match &self.engine {
            Engine::Postgres(_) => Ok(()),
            Engine::Sqlite(sqlite) => sqlite.settle(),
        }
    }

    /// [`Store::settle`] on another thread. Data that stays in the log is as safe, so no error is told.
    pub async fn settle_apart(&self) {
        if let Engine::Sqlite(sqlite) = &self.engine {
            let sqlite = Arc::clone(sqlite);
            off_thread(Box::new(move || drop(sqlite.settle()))).await;
        }
    }

    /// Copies an SQLite file beside itself, to a name with `suffix`. `None` for PostgreSQL.
    pub fn keep_copy(&self, suffix: &str) -> Result<Option<PathBuf>, StoreError> {
        match &self.engine {
            Engine::Postgres(_) => Ok(None),
            Engine::Sqlite(sqlite) => sqlite.keep_copy(suffix).map(Some),
        }
    }

    /// Reads from one consistent snapshot.
    ///
    /// SQLite runs on the calling thread: a point read takes microseconds, a hop to another thread
    /// and back 50. PostgreSQL runs on a blocking thread.
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let _span = self.span("read");
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(work),
            Engine::Postgres(postgres) => {
                let postgres = Arc::clone(postgres);
                let (job, answer) = job(work);
                off_thread(Box::new(move || postgres.read_for(job))).await;
                answer.await.unwrap_or_else(|_| Err(StoreError::Stopped.into()))
            }
        }
    }

    /// Reads many rows: never on the calling thread, and not for longer than
    /// [`MAX_READ`]. PostgreSQL ends each statement itself, by its `statement_timeout`.
    pub async fn read_apart<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                let _span = self.span("read");
                let sqlite = Arc::clone(sqlite);
                let (job, answer) = job(work);
                off_thread(Box::new(move || sqlite.read_for(MAX_READ, job))).await;
                answer.await.unwrap_or_else(|_| Err(StoreError::Stopped.into()))
            }
            Engine::Postgres(_) => self.read(work).await,
        }
    }

    /// [`Store::read`] for synchronous callers.
    pub fn read_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E>,
        E: From<StoreError>,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(work),
            Engine::Postgres(postgres) => postgres.read(work),
        }
    }

    /// Writes in one transaction. `Ok` means that the data is on disk; `Err` that nothing was
    /// changed. If a connection breaks during a commit, the outcome is unknown.
    ///
    /// The closure may run more than once: when two transactions conflict, PostgreSQL rolls one
    /// back. That one starts again and sees the changes of the other.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let _span = self.span("write");
        let (job, answer) = job(work);
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.writer().submit(job)?,
            Engine::Postgres(postgres) => {
                let turn = postgres.turn().await?;
                let postgres = Arc::clone(postgres);
                off_thread(Box::new(move || {
                    postgres.write_for(job);
                    drop(turn);
                }))
                .await;
            }
        }
        answer.await.unwrap_or_else(|_| Err(StoreError::Stopped.into()))
    }

    /// [`Store::write`] for synchronous callers.
    pub fn write_blocking<T, E, F>(&self, work: F) -> Result<T, E>
    where
        F: Fn(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                let (job, answer) = job(work);
                sqlite.writer().submit(job)?;
                answer.blocking_recv().unwrap_or_else(|_| Err(StoreError::Stopped.into()))
            }
            Engine::Postgres(postgres) => postgres.write(work),
        }
    }

    /// A span that ends when it is dropped, for traces ("Semantic Conventions for Database Client Spans").
    fn span(&self, operation: &'static str) -> tracing::Span {
        let system = match &self.engine {
            Engine::Postgres(_) => "postgresql",
            Engine::Sqlite(_) => "sqlite",
        };
        tracing::trace_span!(
            "database",
            otel.name = operation,
            otel.kind = "client",
            db.system.name = system
        )
    }
}

/// Runs blocking network work on a separate thread, so that it does not block other requests.
async fn off_thread(work: Box<dyn FnOnce() + Send>) {
    let mut work = Queued(tokio::task::spawn_blocking(work));
    // Work that panicked or was cancelled leaves its caller without an answer.
    drop((&mut work.0).await);
}

/// Queued work. Dropping it cancels work that has not started; started work runs to its end.
struct Queued(tokio::task::JoinHandle<()>);

impl Drop for Queued {
    fn drop(&mut self) {
        self.0.abort();
    }
}
