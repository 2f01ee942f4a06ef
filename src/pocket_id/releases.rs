//! The tables, columns and settings of Pocket ID 2.0 to 2.18, and which release added or removed them.
//!
//! A source is read by the tables and columns that it has, not by the number of its schema. Pocket ID
//! skips migrations with lower numbers than the last one, and images between two releases contained
//! some with a too high number. So a database may have the number of 2.14 and tables of 2.9.

/// A table that is read.
#[derive(Debug)]
pub(super) struct KnownTable {
    pub(super) name: &'static str,
    /// Whether the database of every release has it.
    pub(super) is_in_all: bool,
    /// The columns that every release has.
    pub(super) columns: &'static [&'static str],
    /// The columns that only some releases have, with the value that holds where they are missing.
    pub(super) of_some: &'static [(&'static str, Missing)],
    /// The columns that are not read.
    pub(super) unused: &'static [&'static str],
}

/// The value of a column that a release does not have.
#[derive(Debug, Clone, Copy)]
pub(super) enum Missing {
    /// None, which is also false and an empty text.
    Nothing,
    /// A number.
    Number(i64),
}

use Missing::{Nothing, Number};

/// Every table that is read.
pub(super) const TABLES: &[KnownTable] = &[
    KnownTable {
        name: "users",
        is_in_all: true,
        columns: &[
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
            "ldap_id",
            "locale",
        ],
        of_some: &[
            // Since 2.2. Before, the setting `emailsVerified` counted for every user.
            ("email_verified", Nothing),
        ],
        unused: &[],
    },
    KnownTable {
        name: "user_groups",
        is_in_all: true,
        columns: &["id", "created_at", "friendly_name", "name", "ldap_id"],
        of_some: &[],
        unused: &["updated_at"],
    },
    KnownTable {
        name: "user_groups_users",
        is_in_all: true,
        columns: &["user_id", "user_group_id"],
        of_some: &[],
        unused: &[],
    },
    KnownTable {
        name: "custom_claims",
        is_in_all: true,
        columns: &["key", "value", "user_id", "user_group_id"],
        of_some: &[],
        unused: &["id", "created_at"],
    },
    KnownTable {
        name: "oidc_clients",
        is_in_all: true,
        columns: &[
            "id",
            "created_at",
            "name",
            "callback_urls",
            "logout_callback_urls",
            "is_public",
            "pkce_enabled",
            "requires_reauthentication",
            "is_group_restricted",
            // Text until 2.1, bytes since 2.2.
            "credentials",
            "launch_url",
        ],
        of_some: &[
            // Until 2.13: a bcrypt hash. Since 2.14 it is one of the secrets in `credentials`.
            ("secret", Nothing),
            // Since 2.9.
            ("requires_pushed_authorization_requests", Nothing),
            // Since 2.10.
            ("description", Nothing),
            ("skip_consent", Nothing),
            // Since 2.13. Before, every client had these lifetimes.
            ("metadata_expires_at", Nothing),
            ("metadata_grant_types", Nothing),
            ("access_token_duration_minutes", Number(60)),
            ("refresh_token_duration_minutes", Number(43_200)),
            // Since 2.17.
            ("backchannel_logout_url", Nothing),
        ],
        unused: &[
            "image_type",
            "dark_image_type",
            "created_by_id",
            "pkce_supported",
            "client_type",
        ],
    },
    KnownTable {
        name: "oidc_clients_allowed_user_groups",
        is_in_all: true,
        columns: &["oidc_client_id", "user_group_id"],
        of_some: &[],
        unused: &[],
    },
    KnownTable {
        name: "user_authorized_oidc_clients",
        is_in_all: true,
        // `scope` contains words until 2.9, and a JSON list since 2.10.
        columns: &["user_id", "client_id", "scope", "last_used_at"],
        of_some: &[],
        unused: &[],
    },
    // Since 2.10.
    KnownTable {
        name: "apis",
        is_in_all: false,
        columns: &["id", "created_at", "name", "audience"],
        of_some: &[
            // Since 2.14, together with the table `oidc_clients_allowed_apis`.
            (ALLOWED_APIS_SIGN, Nothing),
        ],
        unused: &["updated_at"],
    },
    // Since 2.10.
    KnownTable {
        name: "api_permissions",
        is_in_all: false,
        columns: &["id", "api_id", "key", "name", "description"],
        of_some: &[
            // Since 2.14.
            ("allowed_for_cimd_clients", Nothing),
        ],
        unused: &["created_at"],
    },
    // Since 2.14. Before, the clients that had a permission of an API were allowed to use it.
    KnownTable {
        name: "oidc_clients_allowed_apis",
        is_in_all: false,
        columns: &["oidc_client_id", "api_id", "subject_type"],
        of_some: &[],
        unused: &[],
    },
    // Since 2.10.
    KnownTable {
        name: "oidc_clients_allowed_api_permissions",
        is_in_all: false,
        columns: &["oidc_client_id", "api_permission_id", "subject_type"],
        of_some: &[],
        unused: &[],
    },
    KnownTable {
        name: "webauthn_credentials",
        is_in_all: true,
        columns: &[
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
        of_some: &[
            // Since 2.15.
            ("aaguid", Nothing),
        ],
        unused: &["attestation_type"],
    },
    KnownTable {
        name: "api_keys",
        is_in_all: true,
        columns: &[
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
        of_some: &[],
        unused: &[],
    },
    KnownTable {
        name: "audit_logs",
        is_in_all: true,
        columns: &[
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
        of_some: &[],
        unused: &[],
    },
    KnownTable {
        name: "kv",
        is_in_all: true,
        columns: &["key", "value"],
        of_some: &[],
        unused: &[],
    },
    KnownTable {
        name: "scim_service_providers",
        is_in_all: true,
        columns: &["id", "created_at", "endpoint", "token", "last_synced_at", "oidc_client_id"],
        of_some: &[],
        unused: &[],
    },
    // Until 2.11: the settings. Since 2.12 they are the state of an actor.
    KnownTable {
        name: "app_config_variables",
        is_in_all: false,
        columns: &["key", "value"],
        of_some: &[],
        unused: &[],
    },
    // Until 2.11: the invitations. Since 2.12 they are states of actors.
    KnownTable {
        name: "signup_tokens",
        is_in_all: false,
        columns: &["id", "created_at", "token", "expires_at", "usage_limit", "usage_count"],
        of_some: &[],
        unused: &[],
    },
    KnownTable {
        name: "signup_tokens_user_groups",
        is_in_all: false,
        columns: &["signup_token_id", "user_group_id"],
        of_some: &[],
        unused: &[],
    },
];

/// The column of `apis` that came with the table `oidc_clients_allowed_apis`. An export has no empty
/// tables, so the table itself does not tell whether it existed.
pub(super) const ALLOWED_APIS_SIGN: &str = "allow_cimd_clients";

/// Tables with short-lived rows, or rows that only Pocket ID uses.
const PASSING: &[&str] = &[
    // Until 2.9; since 2.10 `oauth2_sessions`.
    "oidc_authorization_codes",
    "oidc_device_codes",
    "oidc_pushed_authorization_requests",
    "oidc_refresh_tokens",
    // Until 2.11 and 2.12; afterwards states of actors.
    "one_time_access_tokens",
    "email_verification_tokens",
    "interaction_sessions",
    "oauth2_jtis",
    "oauth2_sessions",
    "reauthentication_tokens",
    "webauthn_sessions",
];

/// Tables that are read elsewhere (`schema_migrations`, `storage`), or that belong to the database.
const INTERNAL: &[&str] = &["schema_migrations", "sqlite_sequence", "storage"];

/// The keys of the table `kv`.
const KV: &[&str] = &[
    // Since 2.10 or 2.11. Before, it was the setting `instanceId`.
    "instance_id",
    "jwt_private_key.json",
    // Since 2.12: what the tables `app_config_variables` and `signup_tokens` contained at that
    // upgrade. They are never updated.
    "config_migrated",
    "signup_tokens_migrated",
    // Since 2.15: it protects sessions, which are not imported.
    "session_key.json",
];

/// Settings of older releases that mean nothing any more, and may still be stored.
const FORMER_SETTINGS: &[&str] = &[
    "instanceId",
    "emailEnabled",
    "emailOneTimeAccessEnabled",
    "showAlternativeSignInButton",
    "backgroundImageType",
    "logoLightImageType",
    "logoDarkImageType",
];

/// Settings with another name in newer releases: the old one and the new one.
const RENAMED_SETTINGS: &[(&str, &str)] = &[
    // 2.0.1.
    ("ldapAttributeAdminGroup", "ldapAdminGroupName"),
];

/// A table, if its rows are read.
pub(super) fn table(name: &str) -> Option<&'static KnownTable> {
    TABLES.iter().find(|known| known.name == name)
}

/// Whether the rows of a table are short-lived.
pub(super) fn is_passing(table: &str) -> bool {
    PASSING.contains(&table)
}

/// Whether a table is neither read nor reported. The tables of actors are read by their own module.
pub(super) fn is_internal(table: &str) -> bool {
    INTERNAL.contains(&table) || table.starts_with("francis_")
}

/// Whether a key of the table `kv` is known.
pub(super) fn is_kv_key(key: &str) -> bool {
    KV.contains(&key)
}

/// Whether a setting means nothing any more.
pub(super) fn is_former_setting(name: &str) -> bool {
    FORMER_SETTINGS.iter().any(|former| former.eq_ignore_ascii_case(name))
}

/// The name of a setting in the newest release.
pub(super) fn newest_setting(name: &str) -> &str {
    let renamed = RENAMED_SETTINGS.iter().find(|(old, _)| old.eq_ignore_ascii_case(name));
    renamed.map_or(name, |(_, new)| new)
}
