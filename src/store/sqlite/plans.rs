//! Checks the query plan of each statement at its first run, in builds with debug assertions. So
//! every test that runs a statement also checks its plan, and no list of statements is needed.
//!
//! No statement may scan a growing table, or read all rows of a client or a group, unless
//! [`ALLOWED`] names it with a reason. Plans are made on an empty database without statistics; real
//! databases have no statistics either ([`super::statistics`]).

use std::{
    collections::BTreeSet,
    sync::{LazyLock, Mutex, PoisonError},
};

use rusqlite::{Connection, config::DbConfig};

use super::{super::StoreError, migrations, strpos};

/// Tables of configuration, or with always few rows.
const SMALL: &[&str] = &[
    "api_granted_permissions",
    "api_grants",
    "api_permissions",
    "apis",
    "application_images",
    "client_groups",
    "client_logos",
    "client_redirect_uris",
    "client_secrets",
    "clients",
    "registration_tokens",
    "group_claims",
    "groups",
    "leases",
    "meta",
    "protected_host_groups",
    "protected_hosts",
    "scim_providers",
    "scim_tokens",
    "service_clients",
    "service_issuers",
    "services",
    "settings",
    "signing_keys",
    "ssh_account_groups",
    "ssh_accounts",
    "ssh_ca_keys",
    "webhook_deliveries",
    "webhooks",
];

/// Index searches that may still return most of a table.
const WIDE: &[&str] = &[
    " client_access_tokens_by_client (client_id=?)",
    " consents_by_client (client_id=?)",
    " grants_by_client (client_id=?)",
    " grants_by_expiry (expires_at>?)",
    " group_members_by_group_and_user (group_id=?)",
    " sessions_by_expiry (expires_at>?)",
];

/// Statements that may read many rows, with reasons; `*` matches any text.
const ALLOWED: &[(&str, &str)] = &[
    // The operator or an administrator requested all rows.
    (
        "UPDATE grants SET revoked_at = ?2 WHERE client_id = ?1*",
        "a client becomes public, or waits again",
    ),
    ("SELECT COUNT(*) FROM *", "backup, doctor, and the bound on metadata documents"),
    ("SELECT COUNT(*), COUNT(CASE WHEN email_verified*", "doctor"),
    ("SELECT username FROM users WHERE email IS NOT NULL AND disabled = 0 AND*LIMIT 1", "doctor"),
    ("SELECT id, username, email,*FROM users ORDER BY username_folded", "the list of users"),
    ("SELECT username FROM users ORDER BY username_folded", "completions"),
    (
        "SELECT k.id, k.user_id,*ORDER BY u.username_folded, k.created_at, k.id",
        "the list of API keys",
    ),
    ("SELECT *LIMIT ?* OFFSET ?*", "the pages of a list"),
    ("SELECT *strpos(* LIMIT 101", "the rows that a search found"),
    ("SELECT u.id, u.username, s.held_at,*ORDER BY u.username_folded LIMIT ?2", "doctor"),
    ("SELECT a.account, (SELECT*FROM ssh_accounts a WHERE*", "doctor"),
    ("SELECT name, COUNT(*) FROM (SELECT name FROM user_claims*", "suggestions for claims"),
    ("SELECT u.id, u.username FROM users u WHERE EXISTS*LIMIT ?1", "whom the audit log tells of"),
    ("SELECT g.id, g.name,*GROUP BY g.id*", "the list of groups"),
    (
        "SELECT u.id, u.username,*WHERE m.group_id = ?1 AND * ORDER BY u.username_folded",
        "a group's members",
    ),
    ("SELECT u.username_folded, m.expires_at FROM group_members*", "a group's members"),
    ("SELECT m.user_id, r.remote_id FROM group_members*", "a group's members, to provision them"),
    ("SELECT user_id, source_digest FROM directory_pictures", "a sync with a directory"),
    ("SELECT m.user_id FROM group_members m WHERE m.group_id = ?1*", "a group's members"),
    (
        "SELECT m.user_id, m.expires_at FROM group_members m*",
        "a group's members whose membership ends",
    ),
    ("DELETE FROM access_tokens", "rotate-keys --revoke"),
    ("DELETE FROM client_access_tokens", "rotate-keys --revoke"),
    ("DELETE FROM device_codes WHERE status = 'pending'", "rotate-encryption-key"),
    ("DELETE FROM device_logins", "rotate-encryption-key"),
    ("DELETE FROM one_time_access_tokens", "rotate-encryption-key, restore"),
    (
        "SELECT id, sealed_token FROM signup_tokens WHERE sealed_token IS NOT NULL*",
        "rotate-encryption-key",
    ),
    ("UPDATE grants SET revoked_at = ?1 WHERE revoked_at IS NULL", "restore"),
    ("UPDATE sessions SET revoked_at = ?1 WHERE revoked_at IS NULL", "restore"),
    ("SELECT DISTINCT user_id, session_id FROM grants*", "restore"),
    ("DELETE FROM clients WHERE id = ?1", "what a client has goes with it"),
    ("DELETE FROM consents WHERE client_id = ?1", "a client describes itself anew"),
    ("DELETE FROM groups WHERE id = ?1", "what a group has goes with it"),
    ("DELETE FROM users WHERE id = ?1", "what a user has goes with them"),
    // These read few rows in practice.
    ("SELECT 1 FROM users WHERE id <> ?1 LIMIT 1", "two rows at most"),
    ("SELECT created_at FROM audit_events ORDER BY id DESC LIMIT 1", "one row"),
    ("DELETE FROM audit_events WHERE id IN ( SELECT id FROM (*", "a batch of the oldest"),
    ("DELETE FROM *LIMIT 500)*LIMIT ?2)", "a batch of a client's"),
    ("DELETE FROM client_access_tokens*WHERE client_id = ?1 LIMIT ?2)", "a batch of a client's"),
    ("SELECT id, code_digest FROM one_time_access_tokens WHERE is_keyed = 0", "a partial index"),
    ("SELECT id, user_code_digest FROM device_codes WHERE is_keyed = 0", "a partial index"),
    // These tables are bounded, or have short-lived rows made only by authenticated users.
    ("DELETE FROM one_time_access_tokens WHERE*", "made by administrators, for minutes"),
    ("DELETE FROM signup_tokens WHERE*", "made by administrators"),
    ("DELETE FROM clients WHERE id IN ( SELECT d.client_id FROM*", "a few of 10,000"),
    ("DELETE FROM clients WHERE id IN ( SELECT r.client_id FROM*", "a few of 1,000"),
    ("SELECT c.id*FROM clients c JOIN client_registrations r*", "a few of 1,000"),
    ("DELETE FROM client_metadata_requests*", "a few of 200 that wait, and what was decided"),
    ("SELECT r.client_id*FROM client_metadata_requests r*", "at most 200 wait"),
    // A message lives for days at most, and the sender reads many at a time.
    ("SELECT 1 FROM outbox WHERE due_at <= ?1 LIMIT 1", "what is due"),
    ("SELECT o.kind, o.recipient, MAX(r.silent_times) FROM outbox o*", "who has messages"),
    ("SELECT kind, COUNT(*), MAX(attempts) FROM outbox GROUP BY kind*", "doctor"),
    ("SELECT id, sealed_content FROM outbox WHERE*", "doctor, and a new encryption key"),
    ("SELECT id FROM outbox ORDER BY id LIMIT 1", "one row"),
    ("DELETE FROM outbox", "restore"),
    (
        "SELECT id, sealed_content FROM outbox WHERE sealed_content IS NOT NULL*",
        "rotate-encryption-key",
    ),
    ("UPDATE outbox SET sealed_content = ?2*", "rotate-encryption-key"),
];

static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
static PLANNER: LazyLock<Mutex<Option<Planner>>> =
    LazyLock::new(|| Mutex::new(Planner::new().ok()));

/// Panics for a statement that reads too much and is not in [`ALLOWED`].
pub(super) fn check(sql: &str) {
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    if seen.contains(sql) {
        return;
    }
    let planner = PLANNER.lock().unwrap_or_else(PoisonError::into_inner);
    let faults = planner.as_ref().map(|planner| planner.faults(sql)).unwrap_or_default();
    assert!(
        faults.is_empty(),
        "a statement reads too much: {faults:?} in {}; it wants an index, or a reason in `ALLOWED`",
        on_one_line(sql)
    );
    seen.insert(sql.to_owned());
}

/// An empty database for planning.
struct Planner {
    connection: Connection,
    tables: Vec<String>,
}

impl Planner {
    fn new() -> Result<Self, StoreError> {
        let mut connection = Connection::open_in_memory()?;
        migrations::migrate_to(&mut connection, migrations::NEWEST)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        strpos::add(&connection)?;
        let tables = texts(&connection, "SELECT name FROM sqlite_schema WHERE type = 'table'", 0);
        Ok(Self { tables: tables?, connection })
    }

    /// The steps of the plan that read too much.
    fn faults(&self, sql: &str) -> Vec<String> {
        if ALLOWED.iter().any(|(allowed, _)| is_like(&on_one_line(sql), allowed)) {
            return Vec::new();
        }
        // Statements that cannot be planned belong to an older schema version.
        let explain = format!("EXPLAIN QUERY PLAN {sql}");
        let mut steps = texts(&self.connection, &explain, 3).unwrap_or_default();
        steps.retain(|step| self.reads_too_much(sql, step));
        steps
    }

    fn reads_too_much(&self, sql: &str, step: &str) -> bool {
        match step.strip_prefix("SCAN ").and_then(|step| step.split(' ').next()) {
            Some(name) => self.table(sql, name).is_some_and(|table| !SMALL.contains(&table)),
            None => WIDE.iter().any(|wide| step.contains(wide)),
        }
    }

    /// The table of a name or alias in a statement; `None` for a subquery.
    fn table<'a>(&'a self, sql: &str, name: &str) -> Option<&'a str> {
        let words = sql.split(|c: char| !c.is_alphanumeric() && c != '_');
        let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
        let is_alias = |table: &str| words.windows(2).any(|pair| pair == [table, name]);
        let mut tables = self.tables.iter().map(String::as_str);
        let named = tables.clone().find(|table| *table == name);
        named.or_else(|| tables.find(|table| is_alias(table)))
    }
}

fn texts(
    connection: &Connection,
    sql: &str,
    column: usize,
) -> Result<Vec<String>, rusqlite::Error> {
    let mut statement = connection.prepare(sql)?;
    // Parameters are not bound: plans do not depend on them.
    let rows = statement.raw_query();
    rows.mapped(|row| row.get(column)).collect()
}

fn is_like(sql: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|beginning| sql.strip_prefix(beginning)) else {
        return false;
    };
    for part in parts {
        match rest.rfind(part) {
            Some(place) => rest = &rest[place + part.len()..],
            None => return false,
        }
    }
    rest.is_empty()
}

fn on_one_line(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_that_reads_what_is_of_others_is_found() {
        let planner = Planner::new().unwrap();
        for (sql, step) in [
            ("SELECT g.id FROM grants g WHERE revoked_at IS NULL", "SCAN g"),
            ("DELETE FROM sessions WHERE user_agent = ?1", "SCAN sessions"),
            (
                "SELECT u.id FROM clients c CROSS JOIN grants g ON g.client_id = c.id
                   JOIN users u ON u.id = g.user_id",
                "SEARCH g USING INDEX grants_by_client (client_id=?)",
            ),
            (
                "SELECT id FROM (SELECT id, amr FROM sessions WHERE amr = ?1) x WHERE amr <> ?2",
                "SCAN sessions",
            ),
        ] {
            assert_eq!(planner.faults(sql), [step], "{sql}");
        }
        for sql in [
            "SELECT id FROM sessions WHERE user_id = ?1",
            "SELECT name FROM clients",
            "INSERT INTO leases (name, holder, expires_at) VALUES (?1, ?2, ?3)",
        ] {
            assert_eq!(planner.faults(sql), [""; 0], "{sql}");
        }
    }

    /// Big groups are read from an index that has all of it.
    #[test]
    fn the_members_of_a_group_and_their_ends_are_read_from_an_index_alone() {
        let planner = Planner::new().unwrap();
        let index = "USING COVERING INDEX group_members_by_group_and_user (group_id=?)";
        for columns in ["m.user_id", "COUNT(*)", "m.user_id, m.expires_at"] {
            let sql = format!(
                "EXPLAIN QUERY PLAN SELECT {columns} FROM group_members m WHERE m.group_id = ?1
                    AND (m.expires_at IS NULL OR m.expires_at > ?2) ORDER BY m.user_id"
            );
            let steps = texts(&planner.connection, &sql, 3).unwrap();
            assert_eq!(steps, [format!("SEARCH m {index}")], "{columns}");
        }
    }

    #[test]
    #[should_panic(expected = "a statement reads too much: [\"SCAN passkeys\"]")]
    fn such_a_statement_stops_the_test_that_runs_it() {
        check("SELECT id FROM passkeys WHERE name = ?1");
    }
}
