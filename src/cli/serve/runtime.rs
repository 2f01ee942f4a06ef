//! The threads of the server.

use tokio::runtime::{Builder, Runtime};

use super::super::error::CliError;
use crate::server::QUEUED_THREADS;

/// Starts the threads of the server. `waits` says whether threads wait for a remote database.
pub fn runtime(waits: bool) -> Result<Runtime, CliError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Builder::new_multi_thread()
        .worker_threads(cores)
        .max_blocking_threads(blocking_threads(cores, waits))
        .thread_name("pocketid")
        .enable_all()
        .build()
        .map_err(|error| CliError::refused(format!("cannot start threads: {error}")))
}

/// How many threads there are for arithmetic, where more would only be slower, for each connection of
/// PostgreSQL, and for queued work, which must not keep signatures and passkeys from a thread.
fn blocking_threads(cores: usize, waits: bool) -> usize {
    2 * cores + 2 + QUEUED_THREADS + if waits { 16 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_from_the_queues_leaves_threads_to_sign_ins() {
        for (cores, waits) in [(1, false), (1, true), (8, false)] {
            assert!(blocking_threads(cores, waits) - QUEUED_THREADS > 2 * cores);
        }
    }
}
