//! `GET /healthz`: whether requests can be answered (Pocket ID 2.14)

use std::time::{Duration, Instant};

use hyper::StatusCode;
use tokio::sync::Mutex;

use super::{
    App,
    http::{ApiError, Request, Response},
    route::{Route, get},
};
use crate::store::{StoreError, meta};

/// How long a result is reused. Anyone may ask, as often as they like.
const FRESH: Duration = Duration::from_secs(1);

/// The route. Monitoring programs ask all the time, and so do dashboards on other sites.
pub(super) fn routes() -> Vec<Route> {
    vec![get("/healthz", health).for_other_sites().uncounted().quiet()]
}

/// The result of the last read of the database.
#[derive(Debug, Default)]
pub(super) struct Health(Mutex<Option<Read>>);

#[derive(Debug, Clone, Copy)]
struct Read {
    at: Instant,
    is_read: bool,
}

impl Health {
    /// Whether the database can be read. One caller reads, and the others wait for its result.
    async fn is_read(&self, read: impl Future<Output = Result<(), StoreError>>) -> bool {
        let mut last = self.0.lock().await;
        if let Some(known) = last.filter(|known| known.at.elapsed() < FRESH) {
            return known.is_read;
        }
        let read = read.await;
        if let Err(error) = &read {
            tracing::debug!(%error, "the database cannot be read");
        }
        let is_read = read.is_ok();
        *last = Some(Read { at: Instant::now(), is_read });
        is_read
    }
}

/// `204`, or `503` while the database cannot be read or does not keep writes: an SQLite file was
/// moved, or the last write failed, as on a full disk.
async fn health(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    if !req.app.health().is_read(find_check(&req.app)).await {
        return Err(unavailable("The database cannot be read"));
    }
    if !req.app.store().can_write() {
        return Err(unavailable("The database cannot be written"));
    }
    Ok(Response::no_content())
}

async fn find_check(app: &App) -> Result<(), StoreError> {
    app.store().read(|tx| meta::find(tx, meta::KEY_CHECK)).await.map(|_| ())
}

fn unavailable(message: &str) -> ApiError {
    ApiError::new(StatusCode::SERVICE_UNAVAILABLE, "request_timeout", message).retry_after(1)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn many_who_ask_at_once_or_soon_after_cost_one_read() {
        let (health, reads) = (Health::default(), AtomicUsize::new(0));
        let ask = || {
            health.is_read(async {
                reads.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Err(StoreError::Stopped)
            })
        };
        assert_eq!(tokio::join!(ask(), ask(), ask()), (false, false, false));
        assert!(!ask().await);
        assert_eq!(reads.load(Ordering::Relaxed), 1);

        health.0.lock().await.as_mut().unwrap().at -= FRESH;
        assert!(health.is_read(async { Ok(()) }).await, "it is asked again");
    }
}
