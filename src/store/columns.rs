//! The valid values of each column, as the models parse them.
//!
//! The schema itself has three types only. These rules check imported rows, such as those of a
//! backup, and a database under examination.

use std::{collections::BTreeMap, fmt};

use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::{
    schema::{Column, ColumnKind, Table},
    value::{FromColumn, Value},
};
use crate::{
    crypto::{Algorithm, BcryptHash, Digest, JwkSet, PublicJwk, Thumbprint, ssh::SshCaPublicKey},
    model::{
        Amr, ApiKeyDescription, ApiKeyName, ApiName, ApplicationImage, ApplicationType,
        AssertionAudience, AuthMethod, ClaimName, ClaimRule, ClaimValue, ClientDescription,
        ClientId, ClientName, DirectoryId, DisplayName, EmailAddress, EventFilter, ExchangeRule,
        FederatedIdentity, ForeignClientId, ForeignResources, ForeignScope, FriendlyName,
        GrantType, GroupName, HostAddress, IdentityHeaders, ImageType, MessageKind, OpenPaths,
        PasskeyName, PermissionDescription, PersonName, RegistrationState, RegistrationTokenName,
        Resource, ScimEndpoint, ScimTokenName, ScopeName, SecurityProfile, SshAccountName, Step,
        TlsClientAuth, TrustedIssuer, UserType, Username, WebhookName, WebhookUrl,
        redirect_uri::RedirectUriPattern,
    },
};

/// The rule for the values of a column.
#[derive(Clone, Copy)]
struct Rule {
    expected: &'static str,
    is_sound: fn(&Value<'_>) -> bool,
}

/// The columns of a table whose type is stricter than in the schema.
struct TypedTable {
    name: &'static str,
    columns: &'static [(&'static str, Rule)],
}

const fn typed<T: FromColumn>() -> Rule {
    Rule { expected: T::EXPECTED, is_sound: |value| T::from_column(value).is_some() }
}

const fn json<T: DeserializeOwned>(expected: &'static str) -> Rule {
    Rule {
        expected,
        is_sound: |value| is_text(value, |text| serde_json::from_str::<T>(text).is_ok()),
    }
}

fn is_text(value: &Value<'_>, is_sound: impl Fn(&str) -> bool) -> bool {
    matches!(value, Value::Text(text) if is_sound(text))
}

fn words(text: &str, is_word: impl Fn(&str) -> bool) -> bool {
    text.split(' ').filter(|word| !word.is_empty()).all(is_word)
}

const CLAIMS: &[(&str, Rule)] = &[("name", typed::<ClaimName>()), ("value", typed::<ClaimValue>())];

const BOUND: &[(&str, Rule)] = &[("dpop_jkt", typed::<Thumbprint>())];

const IMAGE_TYPE: Rule = Rule {
    expected: "image media type",
    is_sound: |value| is_text(value, |text| ImageType::parse(text).is_some()),
};

const ALGORITHM: Rule = Rule {
    expected: "signing algorithm",
    is_sound: |value| is_text(value, |text| Algorithm::parse(text).is_some()),
};

const AMR: Rule = Rule {
    expected: "authentication method",
    is_sound: |value| is_text(value, |text| Amr::parse(text).is_some()),
};

const USER_TYPE: Rule = Rule {
    expected: "type of user",
    is_sound: |value| is_text(value, |text| UserType::parse(text).is_some()),
};

const GRANT_TYPES: Rule = Rule {
    expected: "list of grant types",
    is_sound: |value| is_text(value, |text| words(text, |word| GrantType::parse(word).is_some())),
};

const JSON_OBJECT: Rule = json::<serde_json::Map<String, serde_json::Value>>("JSON object");

const PARAMETERS: Rule = json::<BTreeMap<String, String>>("parameter map");

const TYPED: &[TypedTable] = &[
    TypedTable {
        name: "users",
        columns: &[
            ("username", typed::<Username>()),
            ("email", typed::<EmailAddress>()),
            ("first_name", typed::<PersonName>()),
            ("last_name", typed::<PersonName>()),
            ("display_name", typed::<DisplayName>()),
            ("ldap_id", typed::<DirectoryId>()),
            ("user_type", USER_TYPE),
        ],
    },
    TypedTable {
        name: "groups",
        columns: &[
            ("name", typed::<GroupName>()),
            ("friendly_name", typed::<FriendlyName>()),
            ("ldap_id", typed::<DirectoryId>()),
        ],
    },
    TypedTable { name: "services", columns: &[("jwks", json::<JwkSet>("JWK Set"))] },
    TypedTable { name: "service_clients", columns: &[("client_id", typed::<ClientId>())] },
    TypedTable { name: "user_claims", columns: CLAIMS },
    TypedTable { name: "group_claims", columns: CLAIMS },
    TypedTable {
        name: "clients",
        columns: &[
            ("id", typed::<ClientId>()),
            ("name", typed::<ClientName>()),
            ("description", typed::<ClientDescription>()),
            ("id_token_signed_response_alg", ALGORITHM),
            ("userinfo_signed_response_alg", ALGORITHM),
            ("jwks", json::<JwkSet>("JWK Set")),
            ("federated_identities", json::<Vec<FederatedIdentity>>("list of issuers")),
            ("claim_rules", json::<Vec<ClaimRule>>("list of claim rules")),
            ("security_profile", typed::<SecurityProfile>()),
            ("token_exchanges", json::<Vec<ExchangeRule>>("list of exchanges")),
            ("trusted_issuers", json::<Vec<TrustedIssuer>>("list of issuers")),
            ("tls_client_auth", json::<TlsClientAuth>("name and authorities of certificates")),
            (
                "registration",
                Rule {
                    expected: "registration",
                    is_sound: |value| {
                        is_text(value, |text| RegistrationState::parse(text).is_some())
                    },
                },
            ),
        ],
    },
    TypedTable {
        name: "identity_assertions",
        columns: &[
            ("audience", typed::<AssertionAudience>()),
            ("audience_client_id", typed::<ForeignClientId>()),
            ("scope", typed::<ForeignScope>()),
            ("resources", typed::<ForeignResources>()),
        ],
    },
    TypedTable {
        name: "asserted_audiences",
        columns: &[("audience", typed::<AssertionAudience>())],
    },
    TypedTable {
        name: "client_redirect_uris",
        columns: &[("pattern", typed::<RedirectUriPattern>())],
    },
    TypedTable {
        name: "client_secrets",
        columns: &[(
            "bcrypt_hash",
            Rule {
                expected: "bcrypt hash",
                is_sound: |value| is_text(value, |text| BcryptHash::parse(text).is_some()),
            },
        )],
    },
    TypedTable { name: "client_logos", columns: &[("content_type", IMAGE_TYPE)] },
    TypedTable {
        name: "application_images",
        columns: &[
            (
                "name",
                Rule {
                    expected: "image name",
                    is_sound: |value| {
                        is_text(value, |text| {
                            ApplicationImage::ALL.iter().any(|image| image.as_str() == text)
                        })
                    },
                },
            ),
            ("content_type", IMAGE_TYPE),
        ],
    },
    TypedTable { name: "profile_pictures", columns: &[("content_type", IMAGE_TYPE)] },
    TypedTable { name: "client_metadata_documents", columns: &[("grant_types", GRANT_TYPES)] },
    TypedTable {
        name: "client_registrations",
        columns: &[
            ("grant_types", GRANT_TYPES),
            (
                "token_endpoint_auth_method",
                Rule {
                    expected: "authentication method",
                    is_sound: |value| is_text(value, |text| AuthMethod::parse(text).is_some()),
                },
            ),
            (
                "application_type",
                Rule {
                    expected: "application type",
                    is_sound: |value| is_text(value, |text| ApplicationType::parse(text).is_some()),
                },
            ),
            ("token_name", typed::<RegistrationTokenName>()),
            ("id_token_signed_response_alg", ALGORITHM),
        ],
    },
    TypedTable {
        name: "registration_tokens",
        columns: &[("name", typed::<RegistrationTokenName>())],
    },
    TypedTable {
        name: "apis",
        columns: &[("name", typed::<ApiName>()), ("resource", typed::<Resource>())],
    },
    TypedTable {
        name: "api_permissions",
        columns: &[
            ("key", typed::<ScopeName>()),
            ("name", typed::<ApiName>()),
            ("description", typed::<PermissionDescription>()),
        ],
    },
    TypedTable {
        name: "api_granted_permissions",
        columns: &[("permission_key", typed::<ScopeName>())],
    },
    TypedTable { name: "email_verifications", columns: &[("email", typed::<EmailAddress>())] },
    TypedTable {
        name: "outbox",
        columns: &[("kind", typed::<MessageKind>()), ("content", JSON_OBJECT)],
    },
    TypedTable { name: "outbox_rests", columns: &[("kind", typed::<MessageKind>())] },
    TypedTable { name: "scim_providers", columns: &[("endpoint", typed::<ScimEndpoint>())] },
    TypedTable { name: "scim_tokens", columns: &[("name", typed::<ScimTokenName>())] },
    TypedTable {
        name: "webhooks",
        columns: &[
            ("name", typed::<WebhookName>()),
            ("url", typed::<WebhookUrl>()),
            ("events", json::<EventFilter>("list of kinds of events")),
        ],
    },
    TypedTable {
        name: "protected_hosts",
        columns: &[
            ("host", typed::<HostAddress>()),
            ("headers", json::<IdentityHeaders>("names of headers")),
            ("open_paths", json::<OpenPaths>("list of paths")),
        ],
    },
    TypedTable {
        name: "ssh_ca_keys",
        columns: &[(
            "public_key",
            Rule {
                expected: "key of Ed25519",
                is_sound: |value| matches!(value, Value::Blob(key) if SshCaPublicKey::from_slice(key).is_some()),
            },
        )],
    },
    TypedTable { name: "ssh_accounts", columns: &[("account", typed::<SshAccountName>())] },
    TypedTable { name: "ssh_certificates", columns: &[("username", typed::<Username>())] },
    TypedTable { name: "ssh_users", columns: &[("username", typed::<Username>())] },
    TypedTable {
        name: "ssh_certificate_principals",
        columns: &[("account", typed::<SshAccountName>())],
    },
    TypedTable { name: "passkeys", columns: &[("name", typed::<PasskeyName>())] },
    TypedTable {
        name: "api_keys",
        columns: &[("name", typed::<ApiKeyName>()), ("description", typed::<ApiKeyDescription>())],
    },
    TypedTable {
        name: "ceremonies",
        columns: &[(
            "id",
            // A separate id of 16 bytes in version 1; the digest of the challenge, 32 bytes, since.
            Rule {
                expected: "ceremony id",
                is_sound: |value| matches!(value, Value::Blob(id) if [16, 32].contains(&id.len())),
            },
        )],
    },
    TypedTable {
        name: "sessions",
        columns: &[("amr", AMR), ("device_key", json::<PublicJwk>("public key"))],
    },
    TypedTable {
        name: "interactions",
        columns: &[
            ("parameters", PARAMETERS),
            (
                "steps",
                Rule {
                    expected: "list of steps",
                    is_sound: |value| {
                        is_text(value, |text| words(text, |word| Step::parse(word).is_some()))
                    },
                },
            ),
        ],
    },
    TypedTable { name: "device_codes", columns: &[("resource", typed::<Resource>())] },
    TypedTable { name: "grants", columns: &[("resource", typed::<Resource>()), ("amr", AMR)] },
    TypedTable { name: "authorization_codes", columns: BOUND },
    TypedTable {
        name: "refresh_tokens",
        columns: &[
            ("dpop_jkt", typed::<Thumbprint>()),
            ("certificate_thumbprint", typed::<Thumbprint>()),
        ],
    },
    TypedTable { name: "signing_keys", columns: &[("algorithm", ALGORITHM)] },
    TypedTable {
        name: "audit_events",
        columns: &[("data", json::<BTreeMap<String, String>>("string map"))],
    },
];

/// The rule for a column of any table, by its name and kind.
fn rule_by_name(column: &Column) -> Option<Rule> {
    let is = |names: &[&str]| names.contains(&column.name.as_str());
    let name = column.name.as_str();
    match column.kind {
        ColumnKind::Blob if name == "credential_id" => None,
        ColumnKind::Blob if name == "id" || name.ends_with("_id") => Some(typed::<Uuid>()),
        ColumnKind::Blob if name.ends_with("_digest") => Some(typed::<Digest>()),
        ColumnKind::Integer
            if ["is_", "requires_", "skips_"].iter().any(|start| name.starts_with(start))
                || is(&["disabled", "email_verified", "backup_eligible", "backup_state"]) =>
        {
            Some(typed::<bool>())
        }
        ColumnKind::Text if name == "client_id" => Some(typed::<ClientId>()),
        // PostgreSQL does not accept NUL, and no valid text has one.
        ColumnKind::Text => Some(Rule {
            expected: "text",
            is_sound: |value| is_text(value, |text| !text.contains('\0')),
        }),
        ColumnKind::Blob | ColumnKind::Integer => None,
    }
}

/// The rules for the rows of a table.
#[derive(Debug)]
pub struct RowRules<'a> {
    table: &'a Table,
    rules: Vec<Option<Rule>>,
}

/// A value that the models reject. The error leaves out the value: it may be secret or contain
/// terminal escapes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{column} is not a valid {expected}")]
pub struct UnsoundValue {
    column: String,
    expected: &'static str,
}

impl<'a> RowRules<'a> {
    /// The rules of a table.
    pub fn of(table: &'a Table) -> Self {
        let typed = TYPED.iter().find(|known| known.name == table.name);
        let rule = |column: &Column| {
            let columns = typed.map(|known| known.columns).unwrap_or_default();
            let found = columns.iter().find(|(name, _)| *name == column.name);
            found.map(|(_, rule)| *rule).or_else(|| rule_by_name(column))
        };
        Self { table, rules: table.columns.iter().map(rule).collect() }
    }

    /// Checks a row, with its values in column order. The schema decides whether a value may be
    /// null.
    pub fn check(&self, values: &[Value<'_>]) -> Result<(), UnsoundValue> {
        for ((value, rule), column) in values.iter().zip(&self.rules).zip(&self.table.columns) {
            if let Some(rule) = rule
                && !matches!(value, Value::Null)
                && !(rule.is_sound)(value)
            {
                return Err(UnsoundValue { column: column.name.clone(), expected: rule.expected });
            }
        }
        Ok(())
    }

    /// Whether the table has any text column. Without one, the checks of the database suffice.
    pub(super) fn has_texts(&self) -> bool {
        self.table.columns.iter().any(|column| column.kind == ColumnKind::Text)
    }

    /// The displayed name of a row: the first column of its key.
    pub(super) fn name_of(&self, values: &[Value<'_>]) -> String {
        let key = self.table.key.first();
        let index = key.and_then(|key| self.table.columns.iter().position(|one| one.name == *key));
        index.and_then(|index| values.get(index)).map_or_else(String::new, shown)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }
}

/// Formats a key for display: an id, or a text with terminal escapes neutralized.
pub(super) fn shown(value: &Value<'_>) -> String {
    match value {
        Value::Blob(bytes) => match Uuid::from_slice(bytes) {
            Ok(id) => id.to_string(),
            Err(_) => format!("of {} bytes", bytes.len()),
        },
        Value::Integer(number) => number.to_string(),
        Value::Null => "without a key".to_owned(),
        Value::Text(text) => text.chars().take(64).collect::<String>().escape_debug().to_string(),
    }
}

#[cfg(test)]
mod tests;
