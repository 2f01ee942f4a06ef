//! `clients` with their redirect URIs, secrets and groups.

use serde::{Serialize, de::DeserializeOwned};

use super::{
    Row, StoreError, Tx, client_metadata_documents, registered_grant_types,
    value::{params, parse_column},
};
use crate::{
    crypto::{Algorithm, BcryptHash, Digest, SecretHash},
    model::{
        ClaimRule, Client, ClientId, ClientKeys, ClientName, ClientSecret, ClientSecretId,
        ClientType, GroupId, RegistrationState, SecurityProfile, Timestamp,
        redirect_uri::RedirectUriPattern,
    },
};

/// The columns of a whole client, as [`read`] expects them.
macro_rules! columns {
    () => {
        "clients.id, clients.name, clients.client_type, clients.requires_pkce,
         clients.requires_pushed_authorization_requests, clients.requires_reauthentication,
         clients.skips_consent, clients.is_group_restricted, clients.id_token_signed_response_alg,
         clients.launch_url, clients.backchannel_logout_uri, clients.jwks,
         clients.federated_identities, clients.access_token_seconds, clients.refresh_token_seconds,
         clients.created_at, clients.claim_rules, clients.description, clients.requires_dpop,
         clients.security_profile, clients.userinfo_signed_response_alg,
         clients.registration, clients.max_session_age_seconds, clients.requires_mtls,
         clients.tls_client_auth, clients.token_exchanges, clients.trusted_issuers"
    };
}
pub(super) use columns;

/// The number of columns of a whole client.
pub(super) const COLUMNS: usize = 27;

/// A query for whole clients.
macro_rules! select {
    ($which:literal) => {
        concat!("SELECT ", columns!(), " FROM clients ", $which)
    };
}

const FIND: &str = select!("WHERE id = ?1");

// A client with a metadata document, or one that registered itself, chooses its name freely, so only
// its id identifies it.
const FIND_BY_NAME: &str = select!(
    "WHERE name = ?1 AND registration IS NULL
       AND NOT EXISTS (SELECT 1 FROM client_metadata_documents d WHERE d.client_id = clients.id)
     ORDER BY id"
);

const LIST: &str = select!("ORDER BY name, id");

const LIST_WITH_TRUSTED_ISSUERS: &str = select!("WHERE trusted_issuers IS NOT NULL ORDER BY id");

const LIST_OF_GROUP: &str = select!(
    "WHERE id IN (SELECT client_id FROM client_groups WHERE group_id = ?1) ORDER BY name, id"
);

const NAMES: &str = "
    SELECT id FROM clients
     UNION
    SELECT name FROM clients c
     WHERE c.registration IS NULL AND NOT EXISTS (SELECT 1 FROM client_metadata_documents d WHERE d.client_id = c.id)
     ORDER BY 1";

const KNOWN_NAMES: &str = "
    SELECT name FROM clients c
     WHERE c.registration IS NULL
       AND NOT EXISTS (SELECT 1 FROM client_metadata_documents d WHERE d.client_id = c.id)";

const OPEN_ONLY_TO: &str = "
    SELECT c.id
      FROM clients c
      JOIN client_groups g ON g.client_id = c.id
     WHERE g.group_id = ?1 AND c.is_group_restricted = 1
       AND NOT EXISTS (
           SELECT 1 FROM client_groups o WHERE o.client_id = c.id AND o.group_id <> ?1)
     ORDER BY c.id";

const REDIRECT_URIS: &str = "
    SELECT kind, pattern
      FROM client_redirect_uris
     WHERE client_id = ?1
     ORDER BY kind, position";

const SECRETS: &str = "
    SELECT id, prefix, created_at, expires_at
      FROM client_secrets
     WHERE client_id = ?1
     ORDER BY id";

const LIVE_SECRETS: &str = "
    SELECT id, secret_digest, bcrypt_hash
      FROM client_secrets
     WHERE client_id = ?1 AND (expires_at IS NULL OR expires_at > ?2)
     ORDER BY id DESC";

/// The values of the settings that are stored with a client, and again when it is updated: ?1 is the id. More values
/// follow.
macro_rules! settings {
    ($client:ident $(, $more:expr)*) => {
        $crate::store::value::params![
            $client.id,
            $client.name,
            $crate::store::clients::client_type_name($client.client_type),
            $client.requires_pkce,
            $client.requires_pushed_authorization_requests,
            $client.requires_reauthentication,
            $client.skips_consent,
            $client.is_group_restricted,
            $client.id_token_signed_response_alg.as_str(),
            $client.launch_url,
            $client.backchannel_logout_uri,
            $client.keys.jwks.as_ref().map(to_json),
            (!$client.keys.federated_identities.is_empty())
                .then(|| to_json(&$client.keys.federated_identities)),
            $client.access_token_seconds,
            $client.refresh_token_seconds,
            $client.description,
            $client.requires_dpop,
            $client.security_profile.map(SecurityProfile::as_str),
            $client.userinfo_signed_response_alg.map(Algorithm::as_str),
            $client.registration.map(RegistrationState::as_str),
            $client.max_session_age_seconds,
            $client.requires_mtls,
            $client.keys.tls_client_auth.as_ref().map(to_json),
            (!$client.token_exchanges.is_empty()).then(|| to_json(&$client.token_exchanges)),
            (!$client.trusted_issuers.is_empty()).then(|| to_json(&$client.trusted_issuers)),
            $($more),*
        ]
    };
}
pub(super) use settings;

const INSERT: &str = "
    INSERT INTO clients
        (id, name, client_type, requires_pkce, requires_pushed_authorization_requests,
         requires_reauthentication, skips_consent, is_group_restricted,
         id_token_signed_response_alg, launch_url, backchannel_logout_uri, jwks,
         federated_identities, access_token_seconds, refresh_token_seconds, description,
         requires_dpop, security_profile, userinfo_signed_response_alg, registration,
         max_session_age_seconds, requires_mtls, tls_client_auth, token_exchanges,
         trusted_issuers, created_at, claim_rules)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19,
            ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27)";

const DESCRIBE: &str = "
    UPDATE clients
       SET name = ?2, requires_dpop = CASE WHEN CAST(?3 AS BIGINT) = 1 THEN 1 ELSE requires_dpop END
     WHERE id = ?1";

const UPDATE_CLAIM_RULES: &str = "UPDATE clients SET claim_rules = ?2 WHERE id = ?1";

const DELETE_REDIRECT_URIS: &str = "DELETE FROM client_redirect_uris WHERE client_id = ?1";

const INSERT_REDIRECT_URI: &str = "
    INSERT INTO client_redirect_uris (client_id, kind, position, pattern) VALUES (?1, ?2, ?3, ?4)";

const INSERT_SECRET: &str = "
    INSERT INTO client_secrets (id, client_id, secret_digest, prefix, created_at, expires_at,
                                bcrypt_hash)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const REPLACE_BCRYPT_HASH: &str =
    "UPDATE client_secrets SET secret_digest = ?2, bcrypt_hash = NULL WHERE id = ?1";

const DELETE_GROUP: &str = "DELETE FROM client_groups WHERE client_id = ?1 AND group_id = ?2";

pub(super) const INSERT_GROUP: &str =
    "INSERT INTO client_groups (client_id, group_id) VALUES (?1, ?2)";

const LONGEST_ACCESS_TOKEN_SECONDS: &str =
    "SELECT access_token_seconds FROM clients ORDER BY access_token_seconds DESC LIMIT 1";

const DELETE: &str = "DELETE FROM clients WHERE id = ?1";

/// Finds a client by its id.
pub fn find(tx: &mut Tx<'_>, id: &ClientId) -> Result<Option<Client>, StoreError> {
    let client = tx.query_opt(FIND, params![id], read)?;
    client.map(|client| with_redirect_uris(tx, client)).transpose()
}

/// Finds the registered clients with this name.
pub fn find_by_name(tx: &mut Tx<'_>, name: &str) -> Result<Vec<Client>, StoreError> {
    let clients = tx.query_all(FIND_BY_NAME, params![name], read)?;
    clients.into_iter().map(|client| with_redirect_uris(tx, client)).collect()
}

/// Lists the clients that are assigned to a group, by name.
pub fn list_of_group(tx: &mut Tx<'_>, group: GroupId) -> Result<Vec<Client>, StoreError> {
    let clients = tx.query_all(LIST_OF_GROUP, params![group], read)?;
    clients.into_iter().map(|client| with_redirect_uris(tx, client)).collect()
}

/// Lists every client by name.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Client>, StoreError> {
    let clients = tx.query_all(LIST, params![], read)?;
    clients.into_iter().map(|client| with_redirect_uris(tx, client)).collect()
}

/// Lists the clients that may bring identity assertions, of which there are few.
pub fn list_with_trusted_issuers(tx: &mut Tx<'_>) -> Result<Vec<Client>, StoreError> {
    tx.query_all(LIST_WITH_TRUSTED_ISSUERS, params![], read)
}

/// Lists every id, and the names of registered clients, for suggestions.
pub fn names(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.query_all(NAMES, params![], |row| row.get(0))
}

/// Lists the names of the clients that administrators registered.
pub fn known_names(tx: &mut Tx<'_>) -> Result<Vec<ClientName>, StoreError> {
    tx.query_all(KNOWN_NAMES, params![], |row| row.get(0))
}

/// Lists the restricted clients that only members of this group may use.
pub fn list_open_only_to(tx: &mut Tx<'_>, group: GroupId) -> Result<Vec<ClientId>, StoreError> {
    tx.query_all(OPEN_ONLY_TO, params![group], |row| row.get(0))
}

/// Lists the metadata of a client's secrets, oldest first.
pub fn list_secrets(tx: &mut Tx<'_>, id: &ClientId) -> Result<Vec<ClientSecret>, StoreError> {
    tx.query_all(SECRETS, params![id], |row| {
        Ok(ClientSecret {
            id: row.get(0)?,
            prefix: row.get(1)?,
            created_at: row.get(2)?,
            expires_at: row.get(3)?,
        })
    })
}

/// Lists the hashes of a client's unexpired secrets, newest first.
pub fn list_live_secrets(
    tx: &mut Tx<'_>,
    id: &ClientId,
    now: Timestamp,
) -> Result<Vec<(ClientSecretId, SecretHash)>, StoreError> {
    tx.query_all(LIVE_SECRETS, params![id, now], |row| {
        let hash = match (row.get(1)?, row.get::<Option<String>>(2)?) {
            (Some(digest), _) => SecretHash::Sha256(digest),
            (None, hash) => {
                let hash = hash.unwrap_or_default();
                SecretHash::Bcrypt(parse_column(&hash, BcryptHash::parse, 2, "bcrypt hash")?)
            }
        };
        Ok((row.get(0)?, hash))
    })
}

/// The longest lifetime of access tokens of any client, in seconds.
pub fn longest_access_token_seconds(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_opt(LONGEST_ACCESS_TOKEN_SECONDS, params![], |row| row.get(0))?.unwrap_or(0))
}

/// Stores a new client with its redirect URIs.
pub fn insert(tx: &mut Tx<'_>, client: &Client) -> Result<(), StoreError> {
    let claim_rules = rules_to_json(&client.claim_rules);
    tx.execute(INSERT, settings!(client, client.created_at, claim_rules))?.expect_rows(1)?;
    insert_all_redirect_uris(tx, client)
}

/// Updates the name and redirect URIs of a client from its metadata document, and binds its tokens if
/// that asks for it. Other settings are the administrator's.
pub fn update_from_metadata(tx: &mut Tx<'_>, client: &Client) -> Result<(), StoreError> {
    tx.execute(DESCRIBE, params![client.id, client.name, client.requires_dpop])?.expect_rows(1)?;
    replace_redirect_uris(tx, client)
}

/// Stores the claim rules of a client.
pub fn update_claim_rules(
    tx: &mut Tx<'_>,
    id: &ClientId,
    rules: &[ClaimRule],
) -> Result<(), StoreError> {
    tx.execute(UPDATE_CLAIM_RULES, params![id, rules_to_json(rules)])?.expect_rows(1)
}

/// Stores the redirect URI of the first sign-in, for a client without any.
pub fn adopt_redirect_uri(
    tx: &mut Tx<'_>,
    id: &ClientId,
    uri: RedirectUriPattern,
) -> Result<(), StoreError> {
    insert_redirect_uris(tx, id, "sign_in", &[uri])
}

/// Stores the digest of a new secret.
pub fn insert_secret(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    secret: &ClientSecret,
    digest: Digest,
) -> Result<(), StoreError> {
    insert_secret_hash(tx, client_id, secret, &SecretHash::Sha256(digest))
}

/// Stores a secret by either kind of hash.
pub fn insert_secret_hash(
    tx: &mut Tx<'_>,
    client_id: &ClientId,
    secret: &ClientSecret,
    hash: &SecretHash,
) -> Result<(), StoreError> {
    let (digest, bcrypt) = match hash {
        SecretHash::Sha256(digest) => (Some(*digest), None),
        SecretHash::Bcrypt(hash) => (None, Some(hash.as_str())),
    };
    let ClientSecret { id, prefix, created_at, expires_at } = secret;
    let params = params![id, client_id, digest, prefix, created_at, expires_at, bcrypt];
    tx.execute(INSERT_SECRET, params)?.expect_rows(1)
}

/// Replaces the bcrypt hash of a secret by a digest. `false` when the secret no longer exists.
pub fn replace_bcrypt_hash(
    tx: &mut Tx<'_>,
    id: ClientSecretId,
    digest: Digest,
) -> Result<bool, StoreError> {
    Ok(tx.execute(REPLACE_BCRYPT_HASH, params![id, digest])?.rows() == 1)
}

/// Removes a group from a client.
pub fn delete_group(tx: &mut Tx<'_>, id: &ClientId, group: GroupId) -> Result<(), StoreError> {
    tx.execute(DELETE_GROUP, params![id, group])?.expect_rows(1)
}

/// Adds a group to a client.
pub fn insert_group(tx: &mut Tx<'_>, id: &ClientId, group: GroupId) -> Result<(), StoreError> {
    tx.execute(INSERT_GROUP, params![id, group])?.expect_rows(1)
}

/// Deletes a client, with all its grants and tokens.
pub fn delete(tx: &mut Tx<'_>, id: &ClientId) -> Result<(), StoreError> {
    tx.execute(DELETE, params![id])?.expect_rows(1)
}

/// Replaces the redirect URIs of a client.
pub(super) fn replace_redirect_uris(tx: &mut Tx<'_>, client: &Client) -> Result<(), StoreError> {
    // Any number of rows.
    let _ = tx.execute(DELETE_REDIRECT_URIS, params![client.id])?;
    insert_all_redirect_uris(tx, client)
}

fn insert_all_redirect_uris(tx: &mut Tx<'_>, client: &Client) -> Result<(), StoreError> {
    insert_redirect_uris(tx, &client.id, "sign_in", &client.redirect_uris)?;
    insert_redirect_uris(tx, &client.id, "logout", &client.post_logout_redirect_uris)
}

fn insert_redirect_uris(
    tx: &mut Tx<'_>,
    id: &ClientId,
    kind: &str,
    patterns: &[RedirectUriPattern],
) -> Result<(), StoreError> {
    for (position, pattern) in (0_i64..).zip(patterns) {
        tx.execute(INSERT_REDIRECT_URI, params![id, kind, position, pattern])?.expect_rows(1)?;
    }
    Ok(())
}

fn with_redirect_uris(tx: &mut Tx<'_>, mut client: Client) -> Result<Client, StoreError> {
    let rows = tx.query_all(REDIRECT_URIS, params![client.id], |row| {
        Ok((row.get::<String>(0)?, row.get(1)?))
    })?;
    for (kind, pattern) in rows {
        match kind.as_str() {
            "logout" => client.post_logout_redirect_uris.push(pattern),
            _ => client.redirect_uris.push(pattern),
        }
    }
    if client.id.is_url() {
        let document = client_metadata_documents::find(tx, &client.id)?;
        client.grant_types = Some(document.map(|found| found.grant_types).unwrap_or_default());
    }
    if client.is_self_registered() {
        client.grant_types = Some(registered_grant_types::find(tx, &client.id)?);
    }
    Ok(client)
}

pub(super) fn to_json<T: Serialize + ?Sized>(value: &T) -> String {
    serde_json::to_string(value).expect("keys and rules are trees of texts")
}

fn rules_to_json(rules: &[ClaimRule]) -> Option<String> {
    (!rules.is_empty()).then(|| to_json(rules))
}

/// Reads the claim rules of a client from a column of another query.
pub(super) fn read_claim_rules(row: &Row<'_>, column: usize) -> Result<Vec<ClaimRule>, StoreError> {
    Ok(from_json(row, column, "list of claim rules")?.unwrap_or_default())
}

/// Reads an optional algorithm of a client from a column of this or another query.
pub(super) fn read_algorithm(
    row: &Row<'_>,
    column: usize,
) -> Result<Option<Algorithm>, StoreError> {
    let name: Option<String> = row.get(column)?;
    name.map(|name| parse_column(&name, Algorithm::parse, column, "signing algorithm")).transpose()
}

/// Parses an optional JSON column; most clients have none.
fn from_json<T: DeserializeOwned>(
    row: &Row<'_>,
    column: usize,
    expected: &'static str,
) -> Result<Option<T>, StoreError> {
    let json: Option<String> = row.get(column)?;
    let parse = |json: &str| serde_json::from_str(json).ok();
    json.map(|json| parse_column(&json, parse, column, expected)).transpose()
}

pub(super) fn client_type_name(client_type: ClientType) -> &'static str {
    match client_type {
        ClientType::Confidential => "confidential",
        ClientType::Public => "public",
    }
}

fn parse_client_type(text: &str) -> Option<ClientType> {
    let types = [ClientType::Confidential, ClientType::Public];
    types.into_iter().find(|client_type| client_type_name(*client_type) == text)
}

/// Reads a client without its redirect URIs.
pub(super) fn read(row: &Row<'_>) -> Result<Client, StoreError> {
    let (client_type, algorithm): (String, String) = (row.get(2)?, row.get(8)?);
    let algorithm = parse_column(&algorithm, Algorithm::parse, 8, "signing algorithm")?;
    let state = |text: String| parse_column(&text, RegistrationState::parse, 21, "registration");
    let registration = row.get::<Option<String>>(21)?.map(state);
    Ok(Client {
        id: row.get(0)?,
        name: row.get(1)?,
        client_type: parse_column(&client_type, parse_client_type, 2, "client type")?,
        redirect_uris: Vec::new(),
        post_logout_redirect_uris: Vec::new(),
        requires_pkce: row.get(3)?,
        requires_pushed_authorization_requests: row.get(4)?,
        requires_reauthentication: row.get(5)?,
        skips_consent: row.get(6)?,
        is_group_restricted: row.get(7)?,
        id_token_signed_response_alg: algorithm,
        grant_types: None,
        launch_url: row.get(9)?,
        backchannel_logout_uri: row.get(10)?,
        keys: ClientKeys {
            jwks: from_json(row, 11, "JWK Set")?,
            federated_identities: from_json(row, 12, "list of issuers")?.unwrap_or_default(),
            tls_client_auth: from_json(row, 24, "name and authorities of certificates")?,
        },
        access_token_seconds: row.get(13)?,
        refresh_token_seconds: row.get(14)?,
        created_at: row.get(15)?,
        claim_rules: read_claim_rules(row, 16)?,
        description: row.get(17)?,
        requires_dpop: row.get(18)?,
        security_profile: row.get(19)?,
        userinfo_signed_response_alg: read_algorithm(row, 20)?,
        registration: registration.transpose()?,
        max_session_age_seconds: row.get(22)?,
        requires_mtls: row.get(23)?,
        token_exchanges: from_json(row, 25, "list of exchanges")?.unwrap_or_default(),
        trusted_issuers: from_json(row, 26, "list of issuers")?.unwrap_or_default(),
    })
}
