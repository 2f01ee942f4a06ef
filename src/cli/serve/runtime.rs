//! The threads of the server.

use tokio::runtime::{Builder, Runtime};

use super::super::error::CliError;

/// Starts the threads of the server. `waits` says whether threads wait for a remote database.
pub fn runtime(waits: bool) -> Result<Runtime, CliError> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    Builder::new_multi_thread()
        .worker_threads(cores)
        // Blocking threads do arithmetic, where more threads would only be slower, or wait for
        // PostgreSQL, with one thread per connection.
        .max_blocking_threads(2 * cores + 2 + if waits { 16 } else { 0 })
        .thread_name("pocketid")
        .enable_all()
        .build()
        .map_err(|error| CliError::refused(format!("cannot start threads: {error}")))
}
