//! Looks up names as the system does, a few at a time.

use std::{
    io,
    net::{SocketAddr, ToSocketAddrs as _},
    sync::Arc,
};

use tokio::sync::Semaphore;

use super::reach::Reach;

/// How many names may be looked up at once. A look-up takes a thread until the system gives it up, which
/// may be long after the request was given up.
pub const LOOKUPS: usize = CONFIGURED_LOOKUPS + STRANGE_LOOKUPS;
/// Those of names that an administrator configured.
const CONFIGURED_LOOKUPS: usize = 6;
/// Those of names that a stranger chose, perhaps because they take long.
const STRANGE_LOOKUPS: usize = 8;

tokio::task_local! {
    /// A value that the caller holds until its look-up has ended.
    static HELD: Arc<dyn Send + Sync>;
}

/// Runs requests, and keeps `held` until the look-ups of their names have ended, too: they may go on after the
/// requests were given up.
pub async fn holding<T>(held: Arc<dyn Send + Sync>, requests: impl Future<Output = T>) -> T {
    HELD.scope(held, requests).await
}

/// Turns for names that an administrator configured.
static CONFIGURED_TURNS: Semaphore = Semaphore::const_new(CONFIGURED_LOOKUPS);
static STRANGE_TURNS: Semaphore = Semaphore::const_new(STRANGE_LOOKUPS);

/// The turns for names within this reach.
pub(super) fn turns_for(reach: Reach) -> &'static Semaphore {
    match reach {
        Reach::Anywhere => &CONFIGURED_TURNS,
        Reach::Public | Reach::PublicOrLoopback => &STRANGE_TURNS,
    }
}

/// Resolves a name as the system does. The thread that does it keeps the turn until it has ended.
pub(super) async fn look_up(
    turns: &'static Semaphore,
    name: String,
    port: u16,
) -> io::Result<Vec<SocketAddr>> {
    let turn = turns.acquire().await.map_err(io::Error::other)?;
    let held = HELD.try_with(Arc::clone).ok();
    let found = tokio::task::spawn_blocking(move || {
        let _held = (turn, held);
        Ok((name.as_str(), port).to_socket_addrs()?.collect())
    });
    found.await.map_err(io::Error::other)?
}
