//! Logs: text for a terminal, JSON for everything that collects them.

use tracing::level_filters::LevelFilter;

use super::super::report::Report;
use crate::settings::{LogLevel, Settings};

/// Starts logging to standard error. Says whether a person sits there, who is told in sentences
/// what a log would tell in fields.
pub fn start(settings: &Settings, report: &Report) -> bool {
    let as_json = settings.log_json.unwrap_or(!report.has_reader());
    let logging = tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_max_level(level(settings.log_level))
        .with_ansi(report.has_color())
        .with_target(false);
    match as_json {
        true => logging.json().flatten_event(true).init(),
        false => logging.init(),
    }
    report.has_reader() && !as_json
}

fn level(level: LogLevel) -> LevelFilter {
    match level {
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Warn => LevelFilter::WARN,
    }
}
