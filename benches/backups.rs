//! Backups and restores of 10,000 users and 1,000,000 rows, on both engines: how long each takes on all
//! cores, and how much memory the process has at most.

use std::{
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use pocketid::{model::Database, store::Store};
use rusqlite::Connection;
use tempfile::TempDir;

use crate::{mib, postgres::Cluster, row};

const BUDGETS: &str = "10 s, 64 MiB";

/// Ids are in the order in which they are made, as ours are; references go anywhere.
const SEED: &str = "
    CREATE TEMP TABLE n AS
        WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 339999) SELECT i FROM n;
    INSERT INTO users (id, username, username_folded, email_verified, first_name, last_name,
                       display_name, is_admin, disabled, created_at, updated_at)
        SELECT CAST(printf('%016d', i) AS BLOB), 'user' || i, 'user' || i, 0, 'First', 'Last',
               'Somebody Else', 0, 0, 1764000000, 1764000000
          FROM n WHERE i < 10000;
    INSERT INTO grants (id, client_id, user_id, session_id, scope, id_token_claims, userinfo_claims,
                        auth_time, amr, requested_at, created_at, expires_at)
        SELECT CAST(printf('%016d', i) AS BLOB), 'bench',
               CAST(printf('%016d', abs(random()) % 10000) AS BLOB), randomblob(16),
               'openid profile email offline_access', '', '', 1764000000, 'phr', 1764000000,
               1764000000, 1794000000
          FROM n WHERE i < 330000;
    INSERT INTO refresh_tokens (grant_id, token_digest, expires_at)
        SELECT CAST(printf('%016d', i) AS BLOB), randomblob(32), 1794000000 FROM n WHERE i < 330000;
    INSERT INTO audit_events (id, kind, user_id, actor, ip_address, user_agent, data, created_at)
        SELECT CAST(printf('%016d', i) AS BLOB), 'SIGN_IN',
               CAST(printf('%016d', abs(random()) % 10000) AS BLOB), 'user', '192.0.2.17',
               'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
               '{\"clientName\":\"Bench\"}', 1764000000
          FROM n";

/// Measures both directions on both engines; a backup of one is restored into the other.
pub(crate) fn measure() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = folder.path().join("pocketid.db").to_str().unwrap().to_owned();
    drop(Store::open(&Database::Sqlite(sqlite.clone().into())).unwrap());
    run(&folder, &sqlite, &["client", "create", "bench", "--id", "bench"]);
    Connection::open(&sqlite).unwrap().execute_batch(SEED).unwrap();
    let cluster = Cluster::start_with(&[]);
    let postgres = cluster.new_database("backups");

    figure(&folder, "backup of 1,000,000 rows, SQLite", &sqlite, &["backup", "a.zip"]);
    figure(&folder, "restore into SQLite", &sqlite, &["restore", "a.zip", "--yes"]);
    figure(&folder, "restore into PostgreSQL", &postgres, &["restore", "a.zip", "--yes"]);
    figure(&folder, "backup of 1,000,000 rows, PostgreSQL", &postgres, &["backup", "b.zip"]);
    figure(&folder, "verify", &postgres, &["backup", "verify", "b.zip"]);
}

fn figure(folder: &TempDir, name: &str, database: &str, arguments: &[&str]) {
    let (time, memory) = run(folder, database, arguments);
    row(name, format!("{:.1} s, {}", time.as_secs_f64(), mib(memory)), BUDGETS);
}

/// Runs a command to its end. Says how long it took, and how much memory it had at most.
fn run(folder: &TempDir, database: &str, arguments: &[&str]) -> (Duration, u64) {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_pocketid"))
        .args(arguments)
        .current_dir(folder.path())
        .env("DB_CONNECTION_STRING", database)
        .env("ENCRYPTION_KEY", "the key of a benchmark")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0;
    let ended = loop {
        if let Some(ended) = child.try_wait().unwrap() {
            break ended;
        }
        most = fs::read_to_string(&status).ok().and_then(|status| peak(&status)).unwrap_or(most);
        thread::sleep(Duration::from_millis(5));
    };
    assert!(ended.success(), "{arguments:?}");
    (started.elapsed(), most)
}

/// The most memory that a process had, in bytes.
fn peak(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kib| kib * 1_024)
}
