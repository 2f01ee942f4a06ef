//! The tables of Pocket ID 2.14 and their columns.

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use super::{
    ImportFault,
    budget::Budget,
    cell::{Cell, PocketIdRow},
};

/// Maximum number of rows in all tables together.
const MAX_ROWS: usize = 5_000_000;
/// Number of rows per table that are checked for missing columns.
const LOOKED_AT: usize = 1_000;
/// Maximum number of unknown tables and columns to report.
const MAX_UNKNOWN: usize = 200;

/// Each table to read: its name, its required columns, and its ignored columns.
const READ: &[(&str, &[&str], &[&str])] = &[
    (
        "users",
        &[
            "id",
            "created_at",
            "updated_at",
            "username",
            "email",
            "first_name",
            "last_name",
            "display_name",
            "is_admin",
            "disabled",
            "email_verified",
            "ldap_id",
            "locale",
        ],
        &[],
    ),
    ("user_groups", &["id", "created_at", "friendly_name", "name", "ldap_id"], &["updated_at"]),
    ("user_groups_users", &["user_id", "user_group_id"], &[]),
    ("custom_claims", &["key", "value", "user_id", "user_group_id"], &["id", "created_at"]),
    (
        "oidc_clients",
        &[
            "id",
            "created_at",
            "name",
            "description",
            "callback_urls",
            "logout_callback_urls",
            "is_public",
            "pkce_enabled",
            "requires_reauthentication",
            "requires_pushed_authorization_requests",
            "skip_consent",
            "is_group_restricted",
            "credentials",
            "launch_url",
            "client_type",
            "metadata_expires_at",
            "metadata_grant_types",
            "access_token_duration_minutes",
            "refresh_token_duration_minutes",
        ],
        &["image_type", "dark_image_type", "created_by_id", "pkce_supported"],
    ),
    ("oidc_clients_allowed_user_groups", &["oidc_client_id", "user_group_id"], &[]),
    ("user_authorized_oidc_clients", &["user_id", "client_id", "scope", "last_used_at"], &[]),
    ("apis", &["id", "created_at", "name", "audience", "allow_cimd_clients"], &["updated_at"]),
    (
        "api_permissions",
        &["id", "api_id", "key", "name", "description", "allowed_for_cimd_clients"],
        &["created_at"],
    ),
    ("oidc_clients_allowed_apis", &["oidc_client_id", "api_id", "subject_type"], &[]),
    (
        "oidc_clients_allowed_api_permissions",
        &["oidc_client_id", "api_permission_id", "subject_type"],
        &[],
    ),
    (
        "webauthn_credentials",
        &[
            "id",
            "created_at",
            "name",
            "credential_id",
            "public_key",
            "transport",
            "user_id",
            "backup_eligible",
            "backup_state",
        ],
        &["attestation_type"],
    ),
    (
        "api_keys",
        &[
            "id",
            "created_at",
            "name",
            "key",
            "description",
            "last_used_at",
            "expires_at",
            "user_id",
            "expiration_email_sent",
        ],
        &[],
    ),
    (
        "audit_logs",
        &[
            "id",
            "created_at",
            "event",
            "user_agent",
            "ip_address",
            "country",
            "city",
            "user_id",
            "data",
        ],
        &[],
    ),
    ("kv", &["key", "value"], &[]),
    (
        "scim_service_providers",
        &["endpoint", "oidc_client_id"],
        &["id", "created_at", "token", "last_synced_at"],
    ),
];

/// Tables with short-lived rows, or rows that only Pocket ID uses.
const PASSING: &[&str] = &[
    "interaction_sessions",
    "oauth2_jtis",
    "oauth2_sessions",
    "reauthentication_tokens",
    "webauthn_sessions",
];

/// Tables that another module reads, or that are internal.
pub(super) const INTERNAL: &[&str] = &["schema_migrations", "sqlite_sequence", "storage"];

/// The rows that were read.
#[derive(Debug, Default)]
pub(super) struct Tables {
    rows: BTreeMap<&'static str, Vec<PocketIdRow>>,
    count: usize,
    budget: Budget,
    /// Number of rows in the tables of `PASSING`.
    pub(super) passing: usize,
    /// Tables and columns unknown in Pocket ID 2.14, as they are reported.
    pub(super) unknown: BTreeSet<String>,
}

impl Tables {
    /// Starts empty and counts its rows against the budget.
    pub(super) fn within(budget: &Budget) -> Self {
        Self { budget: budget.clone(), ..Self::default() }
    }

    /// Returns the name of a table if its rows are read.
    pub(super) fn wanted(name: &str) -> Option<&'static str> {
        READ.iter().map(|(known, ..)| *known).find(|known| *known == name)
    }

    /// Records a table whose rows are not read.
    pub(super) fn skip(&mut self, name: &str, rows: usize) {
        match PASSING.contains(&name) {
            true => self.passing += rows,
            false if rows > 0 => self.note_unknown(format!("table {name}")),
            false => {}
        }
    }

    /// Adds a row to a table.
    pub(super) fn push(
        &mut self,
        table: &'static str,
        cells: BTreeMap<String, Cell>,
    ) -> Result<(), ImportFault> {
        self.count += 1;
        if self.count > MAX_ROWS {
            let (what, limit) = ("the database".to_owned(), format!("{MAX_ROWS} rows"));
            return Err(ImportFault::TooLarge { what, limit });
        }
        let known = READ.iter().find(|(name, ..)| *name == table);
        let (needed, spared) =
            known.map_or((&[][..], &[][..]), |(_, needed, spared)| (needed, spared));
        let mut row = PocketIdRow { table, number: self.rows(table).len() + 1, cells: Vec::new() };
        // All rows of a table have the same columns, so the first rows suffice.
        let is_looked_at = row.number <= LOOKED_AT;
        for column in needed.iter().filter(|name| is_looked_at && !cells.contains_key(**name)) {
            self.note_unknown(format!("table {table} without {column}"));
        }
        for (name, cell) in cells {
            match needed.iter().find(|column| **column == name) {
                Some(column) => row.cells.push((Cow::Borrowed(column), cell)),
                None if spared.contains(&name.as_str()) => {}
                None => self.note_unknown(format!("{table}.{name}")),
            }
        }
        self.budget.hold(row.size())?;
        self.rows.entry(table).or_default().push(row);
        Ok(())
    }

    fn note_unknown(&mut self, what: String) {
        if self.unknown.len() < MAX_UNKNOWN {
            self.unknown.insert(what);
        }
    }

    /// The rows of a table.
    pub(super) fn rows(&self, table: &'static str) -> &[PocketIdRow] {
        self.rows.get(table).map(Vec::as_slice).unwrap_or_default()
    }

    /// Removes and returns the rows of a table, which may be most of the data.
    pub(super) fn take(&mut self, table: &'static str) -> Vec<PocketIdRow> {
        self.rows.remove(table).unwrap_or_default()
    }

    /// Returns a value of the table `kv`.
    pub(super) fn kv(&self, key: &str) -> Result<Option<&str>, ImportFault> {
        for row in self.rows("kv") {
            if row.text("key")? == key {
                return row.text_opt("value");
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_unknown_tables_a_few_are_told() {
        let mut tables = Tables::default();
        for number in 0..10 * MAX_UNKNOWN {
            tables.skip(&format!("t{number}"), 1);
        }
        assert_eq!(tables.unknown.len(), MAX_UNKNOWN);
    }
}
