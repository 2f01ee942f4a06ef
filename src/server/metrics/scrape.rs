//! Writes all figures.

use super::{process::resident_memory, stored, text::Exposition};
use crate::server::App;

/// All figures in the text format, or `None` where nothing is counted.
pub(super) async fn scrape(app: &App) -> Option<String> {
    let metrics = app.metrics()?;
    let mut out = Exposition::default();
    metrics.write(&mut out);
    let name = "pocketid_rate_limited_total";
    out.family(name, "counter", "Requests over a rate limit, by limit.");
    for refused in app.limiter().refused() {
        out.sample(name, &[("policy", &snake_case(&refused.policy))], refused.count);
    }
    write_store(app, &mut out);
    stored::write(app, &mut out).await;
    let name = "pocketid_build_info";
    out.family(name, "gauge", "The version of the program.");
    out.sample(name, &[("version", env!("CARGO_PKG_VERSION"))], 1);
    if let Some(memory) = resident_memory() {
        out.gauge("process_resident_memory_bytes", "Memory in use.", memory);
    }
    let started = metrics.started().as_unix();
    out.gauge("process_start_time_seconds", "When the server started.", started);
    Some(out.finish())
}

fn write_store(app: &App, out: &mut Exposition) {
    let load = app.store().busyness();
    out.family("pocketid_database_info", "gauge", "The engine of the database.");
    out.sample("pocketid_database_info", &[("engine", load.engine)], 1);
    if let Some(writer) = load.writer {
        let help = "Writes that wait for the writer of SQLite.";
        out.gauge("pocketid_database_writes_waiting", help, writer.waiting);
        let name = "pocketid_database_writes_total";
        out.family(name, "counter", "Writes of SQLite; several share a commit.");
        out.sample(name, &[], writer.writes);
        let name = "pocketid_database_commits_total";
        out.family(name, "counter", "Commits of SQLite.");
        out.sample(name, &[], writer.commits);
    } else {
        let name = "pocketid_database_connections";
        out.family(name, "gauge", "Connections to PostgreSQL, by what they do.");
        out.sample(name, &[("state", "busy")], load.open.saturating_sub(load.idle));
        out.sample(name, &[("state", "idle")], load.idle);
    }
}

/// `one_time_access` for `OneTimeAccess`.
fn snake_case(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(c.to_lowercase());
    }
    out
}
