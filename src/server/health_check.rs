//! Whether the database can be read, asked once a second at most.

use std::time::{Duration, Instant};

use tokio::sync::Mutex;

use crate::store::StoreError;

/// How long a result is reused. Anyone may ask, as often as they like.
const FRESH: Duration = Duration::from_secs(1);

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
    pub(super) async fn is_read(&self, read: impl Future<Output = Result<(), StoreError>>) -> bool {
        let mut last = self.0.lock().await;
        if let Some(known) = last.filter(|known| known.at.elapsed() < FRESH) {
            return known.is_read;
        }
        let read = read.await;
        if let Err(error) = &read {
            tracing::debug!(%error, "could not read the database");
        }
        let is_read = read.is_ok();
        *last = Some(Read { at: Instant::now(), is_read });
        is_read
    }
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
