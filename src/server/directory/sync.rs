//! One sync, in a thread of its own. Of several servers and commands, one does it at a time.

use std::{
    net::{IpAddr, Ipv4Addr},
    sync::Arc,
};

use tokio::runtime::Handle;

use crate::{
    directory::{
        DirectoryContents, DirectorySync, LastSync, MissingSetting, PictureTools, SafetyRefusal,
        SyncFault, SyncLease,
    },
    model::Actor,
    operations::By,
    server::{App, turns::Whom},
    store::StoreError,
};

/// How many warnings are logged.
const MAX_LOGGED: usize = 5;

/// Why a sync was not done.
#[derive(Debug, thiserror::Error)]
pub(in crate::server) enum ServerSyncFault {
    /// Another server or command does one.
    #[error("another LDAP sync runs")]
    Busy,
    /// It failed.
    #[error(transparent)]
    Failed(#[from] SyncFault),
    /// Too many accounts or groups would leave.
    #[error("{0}; nothing was changed")]
    Unsafe(SafetyRefusal),
}

impl From<StoreError> for ServerSyncFault {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

/// The directory of the current settings.
pub(in crate::server) fn directory(app: &App) -> Result<DirectorySync, MissingSetting> {
    DirectorySync::new(&app.config(), &app.settings().trusted_authorities)
}

/// Reads the directory, apart from the tasks of the server: it may be large.
pub(in crate::server) async fn read(app: &App) -> Result<DirectoryContents, SyncFault> {
    let directory = directory(app)?;
    let runtime = Handle::current();
    let read = tokio::task::spawn_blocking(move || runtime.block_on(directory.read()));
    read.await.unwrap_or_else(|_| Err(StoreError::Stopped.into()))
}

/// Takes over users and groups. With `confirmed`, also when many of them leave. How it ended is stored, and
/// logged if something changed.
pub(in crate::server) async fn sync(
    app: &Arc<App>,
    confirmed: bool,
) -> Result<LastSync, ServerSyncFault> {
    let (working, runtime) = (Arc::clone(app), Handle::current());
    let work = tokio::task::spawn_blocking(move || sync_here(&working, &runtime, confirmed));
    let ended = work.await.unwrap_or_else(|_| Err(StoreError::Stopped.into()));
    // Disabled and deleted users may have had sessions.
    app.outbox().notify_one();
    ended
}

fn sync_here(
    app: &Arc<App>,
    runtime: &Handle,
    confirmed: bool,
) -> Result<LastSync, ServerSyncFault> {
    let begun_at = app.now();
    let lease = SyncLease::take(app.store(), app.shared_clock(), app.new_request_id())?;
    let lease = lease.ok_or(ServerSyncFault::Busy)?;
    lease.hold(|| {
        let before = LastSync::load(app.store())?;
        let done = take_over(app, runtime, confirmed);
        let ended = LastSync::between(begun_at, app.now());
        let ended = match &done {
            Ok(done) => {
                LastSync { ended_at: ended.ended_at, seconds: ended.seconds, ..done.clone() }
            }
            Err(fault) => LastSync {
                needs_confirmation: matches!(fault, ServerSyncFault::Unsafe(_)),
                ..ended.with_fault(fault)
            },
        };
        tell(&ended, before.as_ref());
        ended.save(app.store())?;
        done.map(|_| ended)
    })
}

fn take_over(
    app: &Arc<App>,
    runtime: &Handle,
    confirmed: bool,
) -> Result<LastSync, ServerSyncFault> {
    let directory = directory(app).map_err(SyncFault::from)?;
    let contents = runtime.block_on(directory.read())?;
    let plan = directory.plan(app.store(), &contents, app.now())?;
    drop(contents);
    if let Some(refusal) = plan.refusal.filter(|_| !confirmed) {
        return Err(ServerSyncFault::Unsafe(refusal));
    }
    let by = By::new(Actor::Program, app.now(), app.shared_rng());
    let decode = |upload: Vec<u8>| {
        let picture = runtime.block_on(async {
            let place = app.pictures().line_up(IpAddr::V4(Ipv4Addr::LOCALHOST), Whom::Anybody);
            let turn =
                place.ok_or_else(|| "too many pictures are decoded".to_owned())?.turn().await;
            app.picture_decoder().decode(upload, turn).await.map_err(|error| error.to_string())
        })?;
        Ok(picture)
    };
    let tools = PictureTools { outbound: app.outbound(), decode: &decode, runtime };
    let done = directory.apply(app.store(), &by, plan, &tools)?;
    Ok(LastSync::default().with_done(&done))
}

/// Logs new warnings, and not the same ones every hour.
fn tell(ended: &LastSync, before: Option<&LastSync>) {
    if let Some(fault) = &ended.fault {
        return tracing::error!(fault, "LDAP SYNC FAILED");
    }
    if !ended.sum.is_empty() {
        tracing::info!(done = %ended.sum, seconds = ended.seconds, "synced users and groups from LDAP");
    }
    if before.is_none_or(|before| before.warnings != ended.warnings) {
        for warning in ended.warnings.iter().take(MAX_LOGGED) {
            tracing::warn!(warning, "the LDAP sync skipped something");
        }
        if ended.warning_count > MAX_LOGGED {
            tracing::warn!(count = ended.warning_count, "the LDAP sync skipped more");
        }
    }
}
