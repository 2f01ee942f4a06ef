//! Figures for Prometheus, in its text format, where the settings ask for them.
//!
//! Requests are counted with atomic numbers, and everything else is read when Prometheus asks. Without
//! `METRICS_LISTEN` and `METRICS_TOKEN` nothing is counted and nothing is kept.

mod endpoint;
mod histogram;
mod last;
mod listener;
mod process;
mod registry;
mod scrape;
mod stored;
mod text;

pub(super) use endpoint::routes;
pub(super) use last::LastFigures;
pub use listener::serve_metrics;
pub(super) use registry::{AttemptResult, Metrics, ObservedRequest};
