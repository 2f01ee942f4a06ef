//! The periodic tasks of a server. Each is a tokio task that is restarted after a panic.

use std::{sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::{
    App, Shutdown, backups, clean_up, directory, location, outbox, reminders, syslog, watch,
};

/// How often the rate limiter forgets idle addresses, and logs its refusals.
const FORGET_INTERVAL: Duration = Duration::from_secs(60);
/// How often the request log is checked for a finished minute to report.
const TELL_INTERVAL: Duration = Duration::from_secs(5);
/// The pause after a panic: a task that panics at once must not fill the log.
const PAUSE: Duration = Duration::from_secs(10);

/// Starts the periodic tasks. They end when the set is dropped.
pub(super) fn start(app: &Arc<App>, shutdown: &Shutdown) -> JoinSet<()> {
    let (watched, shutdown) = (Arc::clone(app), shutdown.clone());
    let watch = move || watch::watch(Arc::clone(&watched), shutdown.clone());
    let mut tasks = JoinSet::new();
    tasks.spawn(supervise("watch", PAUSE, watch));
    tasks.spawn(supervise("clean_up", PAUSE, on(app, clean_up::run)));
    tasks.spawn(supervise("outbox", PAUSE, on(app, outbox::run)));
    tasks.spawn(supervise("reminders", PAUSE, on(app, reminders::run)));
    tasks.spawn(supervise("backup", PAUSE, on(app, backups::run)));
    tasks.spawn(supervise("verification", PAUSE, on(app, backups::run_verification)));
    if app.settings().location.download.is_some() {
        tasks.spawn(supervise("location", PAUSE, on(app, location::run)));
    }
    if app.settings().syslog.is_some() {
        tasks.spawn(supervise("syslog", PAUSE, on(app, syslog::run)));
    }
    tasks.spawn(supervise("ldap", PAUSE, on(app, directory::run)));
    tasks.spawn(supervise("limits", PAUSE, on(app, forget_idle_addresses)));
    tasks.spawn(supervise("request_log", PAUSE, on(app, tell_of_requests)));
    tasks
}

/// A function that starts a task for this app, as often as it is called.
fn on<F, S: Fn(Arc<App>) -> F>(app: &Arc<App>, start: S) -> impl Fn() -> F + use<F, S> {
    let app = Arc::clone(app);
    move || start(Arc::clone(&app))
}

/// Runs a task until it ends by itself. Restarts it after a panic.
async fn supervise<F>(task: &'static str, pause: Duration, start: impl Fn() -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        // In a set, so that the task is aborted together with this function.
        let mut running = JoinSet::new();
        running.spawn(start());
        let ended = running.join_next().await;
        if !matches!(ended, Some(Err(fault)) if fault.is_panic()) {
            return;
        }
        tracing::error!(task, "a periodic task panicked and was restarted");
        tokio::time::sleep(pause).await;
    }
}

async fn forget_idle_addresses(app: Arc<App>) {
    loop {
        tokio::time::sleep(FORGET_INTERVAL).await;
        app.limiter().forget_idle();
        app.geography().forget_idle();
        app.pending().forget_expired(app.now());
        app.limiter().tell_braked();
        app.pending().tell_evicted();
    }
}

async fn tell_of_requests(app: Arc<App>) {
    loop {
        tokio::time::sleep(TELL_INTERVAL).await;
        app.request_log().tell(app.now());
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn what_panics_is_started_again_until_it_ends_by_itself() {
        let starts = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&starts);
        supervise("test", Duration::ZERO, move || {
            let start = counted.fetch_add(1, Ordering::SeqCst);
            async move { assert!(start == 2, "a fault that two starts have") }
        })
        .await;
        assert_eq!(starts.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn what_is_supervised_ends_with_its_supervisor() {
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        let mut tasks = JoinSet::new();
        tasks.spawn(supervise("test", Duration::ZERO, move || {
            let held = Arc::clone(&held);
            async move {
                std::future::pending::<()>().await;
                drop(held);
            }
        }));
        tokio::task::yield_now().await;
        tasks.shutdown().await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(Arc::strong_count(&alive), 1);
    }
}
