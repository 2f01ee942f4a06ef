//! `client_registrations`: facts of a client that registered itself (RFC 7591), beside its row in
//! `clients`.
//!
//! A client that waits for an administrator, or has no consent and no grant, is deleted when its time
//! is over.

use super::{
    Row, StoreError, Tx, clients, registered_grant_types,
    value::{params, parse_column},
};
use crate::{
    crypto::{Algorithm, BearerToken, Digest},
    model::{
        ApplicationType, AuthMethod, Client, ClientId, ClientRequest, GrantType,
        RegistrationTokenName, Timestamp,
    },
};

const FIND: &str = "
    SELECT grant_types, token_endpoint_auth_method, application_type, scope, ip_address, network,
           token_name, unused_until, token_digest, requested_at,
           approved_at, id_token_signed_response_alg
      FROM client_registrations
     WHERE client_id = ?1";

const EXISTS: &str = "SELECT client_id FROM client_registrations WHERE client_id = ?1";

const INSERT: &str = "
    INSERT INTO client_registrations (client_id, token_digest, grant_types,
                                      token_endpoint_auth_method, application_type, scope,
                                      ip_address, network, token_name, unused_until, requested_at,
                                      approved_at, id_token_signed_response_alg)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";

const UPDATE: &str = "
    UPDATE client_registrations
       SET grant_types = ?2, token_endpoint_auth_method = ?3, application_type = ?4, scope = ?5,
           unused_until = ?6, ip_address = ?7, requested_at = ?8,
           id_token_signed_response_alg = ?9
     WHERE client_id = ?1";

const APPROVE: &str =
    "UPDATE client_registrations SET approved_at = ?2, unused_until = ?3 WHERE client_id = ?1";

const PENDING_OF_NETWORK: &str = "
    SELECT c.id FROM clients c JOIN client_registrations r ON r.client_id = c.id
     WHERE c.registration = 'pending' AND r.network = ?1";

/// The newest of the network that has most of those that were never in use. A network with one of them
/// floods no one.
const TO_EVICT: &str = "
    SELECT c.id FROM clients c JOIN client_registrations r ON r.client_id = c.id
     WHERE c.registration = 'pending' AND r.approved_at IS NULL AND r.network = (
           SELECT o.network FROM client_registrations o JOIN clients k ON k.id = o.client_id
            WHERE k.registration = 'pending' AND o.approved_at IS NULL
            GROUP BY o.network HAVING COUNT(*) > 1
            ORDER BY COUNT(*) DESC, o.network LIMIT 1)
       AND NOT EXISTS (SELECT 1 FROM consents WHERE client_id = c.id)
       AND NOT EXISTS (SELECT 1 FROM grants WHERE client_id = c.id)
     ORDER BY c.created_at DESC, c.id DESC
     LIMIT 1";

/// The oldest of those that were never in use: when each network has one, none of them floods, and together they must not
/// keep everybody out until they expire.
const OLDEST_TO_EVICT: &str = "
    SELECT c.id FROM clients c JOIN client_registrations r ON r.client_id = c.id
     WHERE c.registration = 'pending' AND r.approved_at IS NULL
       AND NOT EXISTS (SELECT 1 FROM consents WHERE client_id = c.id)
       AND NOT EXISTS (SELECT 1 FROM grants WHERE client_id = c.id)
     ORDER BY c.created_at, c.id
     LIMIT 1";

const PENDING: &str = "
    SELECT c.id, c.name, r.ip_address, r.requested_at
      FROM clients c JOIN client_registrations r ON r.client_id = c.id
     WHERE c.registration = 'pending'
     ORDER BY r.requested_at, c.id";

const COUNT_UNUSED: &str = "
    SELECT COUNT(*) FROM client_registrations r
     WHERE NOT EXISTS (SELECT 1 FROM consents WHERE client_id = r.client_id)
       AND NOT EXISTS (SELECT 1 FROM grants WHERE client_id = r.client_id)";

const COUNT_UNUSED_OF_TOKEN: &str = "
    SELECT COUNT(*) FROM client_registrations r
     WHERE r.token_name = ?1
       AND NOT EXISTS (SELECT 1 FROM consents WHERE client_id = r.client_id)
       AND NOT EXISTS (SELECT 1 FROM grants WHERE client_id = r.client_id)";

/// Deletes unused clients whose time is over by `?1`. `?2` is the size of the batch.
pub(super) const DELETE_UNUSED: &str = "
    DELETE FROM clients WHERE id IN (
        SELECT r.client_id FROM client_registrations r
         WHERE r.unused_until <= ?1
           AND NOT EXISTS (SELECT 1 FROM consents WHERE client_id = r.client_id)
           AND NOT EXISTS (SELECT 1 FROM grants WHERE client_id = r.client_id)
           AND NOT EXISTS (SELECT 1 FROM device_codes WHERE client_id = r.client_id)
           AND NOT EXISTS (SELECT 1 FROM interactions WHERE client_id = r.client_id)
           AND NOT EXISTS (
               SELECT 1 FROM pushed_authorization_requests WHERE client_id = r.client_id)
         ORDER BY r.unused_until
         LIMIT ?2)";

/// The facts of a registration.
#[derive(Debug, Clone)]
pub struct ClientRegistration {
    /// The grant types of the client.
    pub grant_types: Vec<GrantType>,
    /// How it said that it authenticates.
    pub auth_method: AuthMethod,
    /// The kind of the application.
    pub application_type: ApplicationType,
    /// The scope that it asked for.
    pub scope: Option<String>,
    /// The address that it was registered from, or changed from last while it waited.
    pub ip_address: String,
    /// The network of that address, which bounds count.
    pub network: String,
    /// The initial access token that it was registered with.
    pub token_name: Option<RegistrationTokenName>,
    /// When it is deleted, unless it is in use.
    pub unused_until: Timestamp,
    /// When an administrator was asked last.
    pub requested_at: Timestamp,
    /// When an administrator approved it last, or it was registered with an initial access token.
    pub approved_at: Option<Timestamp>,
    /// The algorithm of its ID tokens that it asked for. An administrator may have set another one.
    pub id_token_signed_response_alg: Algorithm,
}

/// Finds a client by its id and its registration access token.
pub fn find_presented(
    tx: &mut Tx<'_>,
    presented: &BearerToken,
) -> Result<Option<(Client, ClientRegistration)>, StoreError> {
    let Ok(id) = presented.id().to_string().parse::<ClientId>() else { return Ok(None) };
    let found = tx.query_opt(FIND, params![id], |row| Ok((read(row)?, row.get::<Digest>(8)?)))?;
    let found = found.filter(|(_, digest)| digest.constant_time_eq(&presented.digest()));
    let Some((registration, _)) = found else { return Ok(None) };
    Ok(clients::find(tx, &id)?.map(|client| (client, registration)))
}

/// Finds the registration of a client.
pub fn find(tx: &mut Tx<'_>, id: &ClientId) -> Result<Option<ClientRegistration>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Whether a client registered itself.
pub(super) fn exists(tx: &mut Tx<'_>, id: &ClientId) -> Result<bool, StoreError> {
    Ok(tx.query_opt(EXISTS, params![id], |row| row.get::<ClientId>(0))?.is_some())
}

/// Stores a client that registered itself, with the digest of its registration access token.
pub fn insert(
    tx: &mut Tx<'_>,
    client: &Client,
    registration: &ClientRegistration,
    digest: Digest,
) -> Result<(), StoreError> {
    clients::insert(tx, client)?;
    let params = params![
        client.id,
        digest,
        words(&registration.grant_types),
        registration.auth_method.as_str(),
        registration.application_type.as_str(),
        registration.scope,
        registration.ip_address,
        registration.network,
        registration.token_name,
        registration.unused_until,
        registration.requested_at,
        registration.approved_at,
        registration.id_token_signed_response_alg.as_str(),
    ];
    tx.execute(INSERT, params)?.expect_rows(1)
}

/// Updates the facts of a registration.
pub fn update(
    tx: &mut Tx<'_>,
    id: &ClientId,
    registration: &ClientRegistration,
) -> Result<(), StoreError> {
    let params = params![
        id,
        words(&registration.grant_types),
        registration.auth_method.as_str(),
        registration.application_type.as_str(),
        registration.scope,
        registration.unused_until,
        registration.ip_address,
        registration.requested_at,
        registration.id_token_signed_response_alg.as_str(),
    ];
    tx.execute(UPDATE, params)?.expect_rows(1)
}

/// Stores an approval, and when the client is deleted unless it is in use.
pub fn approve(
    tx: &mut Tx<'_>,
    id: &ClientId,
    now: Timestamp,
    until: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(APPROVE, params![id, now, until])?.expect_rows(1)
}

/// The number of clients of a network that wait for an administrator.
pub fn count_pending_of(tx: &mut Tx<'_>, network: &str) -> Result<usize, StoreError> {
    let ids = tx.query_all(PENDING_OF_NETWORK, params![network], |row| row.get::<ClientId>(0))?;
    Ok(ids.len())
}

/// The client that makes room for another one.
pub fn find_to_evict(tx: &mut Tx<'_>) -> Result<Option<ClientId>, StoreError> {
    match tx.query_opt(TO_EVICT, params![], |row| row.get(0))? {
        None => tx.query_opt(OLDEST_TO_EVICT, params![], |row| row.get(0)),
        found => Ok(found),
    }
}

/// The number of clients without a consent or a grant.
pub fn count_unused(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_opt(COUNT_UNUSED, params![], |row| row.get(0))?.unwrap_or(0))
}

/// The number of clients of an initial access token without a consent or a grant.
pub fn count_unused_of(tx: &mut Tx<'_>, token: &RegistrationTokenName) -> Result<i64, StoreError> {
    let count = tx.query_opt(COUNT_UNUSED_OF_TOKEN, params![token], |row| row.get(0))?;
    Ok(count.unwrap_or(0))
}

/// Lists the clients that wait for an administrator, the oldest first.
pub fn list_pending(tx: &mut Tx<'_>) -> Result<Vec<ClientRequest>, StoreError> {
    let mut pending = tx.query_all(PENDING, params![], |row| {
        Ok(ClientRequest {
            id: row.get(0)?,
            name: Some(row.get(1)?),
            redirect_uris: Vec::new(),
            ip_address: Some(row.get(2)?),
            username: None,
            requested_at: row.get(3)?,
            revision: None,
        })
    })?;
    for request in &mut pending {
        let Some(client) = clients::find(tx, &request.id)? else { continue };
        request.revision = Some(ClientRequest::revision_of(&client));
        let uris = client.redirect_uris.iter();
        request.redirect_uris = uris.map(|uri| uri.as_str().to_owned()).collect();
    }
    Ok(pending)
}

fn words(grant_types: &[GrantType]) -> String {
    grant_types.iter().map(|grant_type| grant_type.as_str()).collect::<Vec<_>>().join(" ")
}

fn read(row: &Row<'_>) -> Result<ClientRegistration, StoreError> {
    let (method, kind): (String, String) = (row.get(1)?, row.get(2)?);
    let algorithm: String = row.get(11)?;
    Ok(ClientRegistration {
        grant_types: registered_grant_types::read(row, 0)?,
        auth_method: parse_column(&method, AuthMethod::parse, 1, "authentication method")?,
        application_type: parse_column(&kind, ApplicationType::parse, 2, "application type")?,
        scope: row.get(3)?,
        ip_address: row.get(4)?,
        network: row.get(5)?,
        token_name: row.get(6)?,
        unused_until: row.get(7)?,
        requested_at: row.get(9)?,
        approved_at: row.get(10)?,
        id_token_signed_response_alg: parse_column(&algorithm, Algorithm::parse, 11, "algorithm")?,
    })
}
