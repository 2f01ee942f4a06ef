//! `services`: how users that are no people prove who they are, and through which clients they get
//! tokens.

use std::collections::BTreeMap;

use super::{
    Row, StoreError, Tx,
    list::{List, ListPage, ListQuery, among},
    users,
    value::{from_json, params, to_json},
};
use crate::{
    crypto::Digest,
    model::{ClientId, ClientKeys, FederatedIdentity, ServiceIdentity, Timestamp, User, UserId},
};

const FIND: &str = "SELECT user_id, jwks, last_used_at FROM services WHERE user_id = ?1";

const ISSUERS: &str = "
    SELECT issuer, subject, audience, jwks_uri, is_single_use
      FROM service_issuers
     WHERE user_id = ?1
     ORDER BY issuer, subject";

const CLIENTS: &str = "
    SELECT client_id FROM service_clients WHERE user_id = ?1 ORDER BY client_id";

const OWNER_OF_SUBJECT: &str = "SELECT user_id FROM service_issuers WHERE subject_digest = ?1";

const IDS: &str = "SELECT user_id FROM services";

const COUNT: &str = "SELECT COUNT(*) FROM services";

/// The services by username. SQLite takes the tables of a cross join in this order: there are few services, and may
/// be many users.
const PAGES: List = List {
    columns: users::columns!(),
    from: "services s CROSS JOIN users u",
    condition: Some("u.id = s.user_id"),
    key: "u.id",
    sortable: &[
        ("username", "u.username_folded"),
        ("displayName", "u.display_name"),
        ("createdAt", "u.created_at"),
        ("disabled", "u.disabled"),
        ("lastUsedAt", "COALESCE(s.last_used_at, 0)"),
    ],
    order: "u.username_folded",
    filterable: &[("disabled", "u.disabled", super::list::FilterKind::Bool)],
    searched: &["u.search_text"],
    changes: None,
};

const LIST: &str = concat!(
    "SELECT ",
    users::columns!(),
    " FROM services s CROSS JOIN users u WHERE u.id = s.user_id ORDER BY u.username_folded"
);

const LIST_OF_CLIENT: &str = concat!(
    "SELECT ",
    users::columns!(),
    " FROM service_clients c CROSS JOIN users u
      WHERE c.client_id = ?1 AND u.id = c.user_id ORDER BY u.username_folded"
);

const NAMES: &str = "
    SELECT u.username
      FROM services s
     CROSS JOIN users u
     WHERE u.id = s.user_id
     ORDER BY u.username_folded";

const INSERT: &str = "INSERT INTO services (user_id, jwks, last_used_at) VALUES (?1, ?2, ?3)";

const UPDATE: &str = "UPDATE services SET jwks = ?2 WHERE user_id = ?1";

const RECORD_USE: &str = "UPDATE services SET last_used_at = ?2 WHERE user_id = ?1";

const DELETE_ISSUERS: &str = "DELETE FROM service_issuers WHERE user_id = ?1";

const DELETE_CLIENTS: &str = "DELETE FROM service_clients WHERE user_id = ?1";

const INSERT_ISSUER: &str = "
    INSERT INTO service_issuers (subject_digest, user_id, issuer, subject, audience, jwks_uri,
                                 is_single_use)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const INSERT_CLIENT: &str = "INSERT INTO service_clients (user_id, client_id) VALUES (?1, ?2)";

/// A service with its account.
#[derive(Debug, Clone)]
pub struct Service {
    /// The account.
    pub user: User,
    /// How it proves who it is.
    pub identity: ServiceIdentity,
}

/// Finds the identity of a service.
pub fn find(tx: &mut Tx<'_>, id: UserId) -> Result<Option<ServiceIdentity>, StoreError> {
    let found = tx.query_opt(FIND, params![id], read)?;
    let Some(mut identity) = found else { return Ok(None) };
    identity.keys.federated_identities = tx.query_all(ISSUERS, params![id], read_issuer)?;
    identity.clients = tx.query_all(CLIENTS, params![id], |row| row.get(0))?;
    Ok(Some(identity))
}

/// Finds the service that tokens of another issuer stand for.
pub fn owner_of_subject(
    tx: &mut Tx<'_>,
    issuer: &str,
    subject: &str,
) -> Result<Option<UserId>, StoreError> {
    tx.query_opt(OWNER_OF_SUBJECT, params![subject_digest(issuer, subject)], |row| row.get(0))
}

/// The ids of all services, of which there are few.
pub fn ids(tx: &mut Tx<'_>) -> Result<Vec<UserId>, StoreError> {
    tx.query_all(IDS, params![], |row| row.get(0))
}

/// The number of services.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_opt(COUNT, params![], |row| row.get(0))?.unwrap_or(0))
}

/// Lists a page of services.
pub fn page(tx: &mut Tx<'_>, query: &ListQuery) -> Result<ListPage<Service>, StoreError> {
    let ListPage { items, total, page, limit } =
        PAGES.page(tx, &[], query, |row| users::read(row, 0))?;
    Ok(ListPage { items: with_identities(tx, items)?, total, page, limit })
}

/// Lists every service by username.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Service>, StoreError> {
    let users = tx.query_all(LIST, params![], |row| users::read(row, 0))?;
    with_identities(tx, users)
}

/// Lists the accounts of the services that get tokens through a client, by username.
pub fn list_of_client(tx: &mut Tx<'_>, id: &ClientId) -> Result<Vec<User>, StoreError> {
    tx.query_all(LIST_OF_CLIENT, params![id], |row| users::read(row, 0))
}

/// Lists the username of every service, for suggestions.
pub fn names(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.query_all(NAMES, params![], |row| row.get(0))
}

/// Adds the identities to accounts, with three queries per hundred accounts.
fn with_identities(tx: &mut Tx<'_>, users: Vec<User>) -> Result<Vec<Service>, StoreError> {
    let mut found = BTreeMap::new();
    let ids: Vec<UserId> = users.iter().map(|user| user.id).collect();
    for ids in ids.chunks(super::list::MAX_LISTED) {
        let (among, bound) = among(ids);
        let sql = format!("SELECT user_id, jwks, last_used_at FROM services WHERE user_id {among}");
        for identity in tx.query_all(&sql, &bound, read)? {
            found.insert(identity.user_id, identity);
        }
        let sql = format!(
            "SELECT issuer, subject, audience, jwks_uri, is_single_use, user_id
               FROM service_issuers
              WHERE user_id {among}
              ORDER BY issuer, subject"
        );
        let read = |row: &Row<'_>| Ok((row.get::<UserId>(5)?, read_issuer(row)?));
        for (id, issuer) in tx.query_all(&sql, &bound, read)? {
            let owner = found.get_mut(&id);
            owner.into_iter().for_each(|one| one.keys.federated_identities.push(issuer.clone()));
        }
        let sql = format!(
            "SELECT user_id, client_id FROM service_clients WHERE user_id {among} ORDER BY client_id"
        );
        let read = |row: &Row<'_>| Ok((row.get::<UserId>(0)?, row.get::<ClientId>(1)?));
        for (id, client) in tx.query_all(&sql, &bound, read)? {
            found.get_mut(&id).into_iter().for_each(|one| one.clients.push(client.clone()));
        }
    }
    let with_identity = |user: User| {
        let identity = found.remove(&user.id).unwrap_or_else(|| ServiceIdentity::new(user.id));
        Service { user, identity }
    };
    Ok(users.into_iter().map(with_identity).collect())
}

/// Stores the identity of a new service. `Conflict` when a subject stands for another service.
pub fn insert(tx: &mut Tx<'_>, identity: &ServiceIdentity) -> Result<(), StoreError> {
    let jwks = identity.keys.jwks.as_ref().map(to_json).transpose()?;
    tx.execute(INSERT, params![identity.user_id, jwks, identity.last_used_at])?.expect_rows(1)?;
    insert_parts(tx, identity)
}

/// Replaces the keys, issuers and clients of a service.
pub fn update(tx: &mut Tx<'_>, identity: &ServiceIdentity) -> Result<(), StoreError> {
    let jwks = identity.keys.jwks.as_ref().map(to_json).transpose()?;
    tx.execute(UPDATE, params![identity.user_id, jwks])?.expect_rows(1)?;
    // Any number of rows.
    tx.execute(DELETE_ISSUERS, params![identity.user_id]).map(drop)?;
    tx.execute(DELETE_CLIENTS, params![identity.user_id]).map(drop)?;
    insert_parts(tx, identity)
}

/// Notes that a service got a token.
pub fn record_use(tx: &mut Tx<'_>, id: UserId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(RECORD_USE, params![id, now])?.expect_rows(1)
}

fn insert_parts(tx: &mut Tx<'_>, identity: &ServiceIdentity) -> Result<(), StoreError> {
    for one in &identity.keys.federated_identities {
        let subject = one.subject.as_deref().unwrap_or_default();
        let digest = subject_digest(&one.issuer, subject);
        tx.execute(
            INSERT_ISSUER,
            params![
                digest,
                identity.user_id,
                one.issuer,
                subject,
                one.audience,
                one.jwks,
                one.replay_protection,
            ],
        )?
        .expect_rows(1)?;
    }
    for client in &identity.clients {
        tx.execute(INSERT_CLIENT, params![identity.user_id, client])?.expect_rows(1)?;
    }
    Ok(())
}

fn subject_digest(issuer: &str, subject: &str) -> Digest {
    // An issuer is an address, so it contains no such character.
    Digest::of(format!("{issuer}\0{subject}"))
}

fn read(row: &Row<'_>) -> Result<ServiceIdentity, StoreError> {
    let jwks: Option<String> = row.get(1)?;
    let jwks = jwks.map(|json| from_json(&json, 1, "JWK Set")).transpose()?;
    Ok(ServiceIdentity {
        user_id: row.get(0)?,
        keys: ClientKeys { jwks, ..ClientKeys::default() },
        clients: Vec::new(),
        last_used_at: row.get(2)?,
    })
}

fn read_issuer(row: &Row<'_>) -> Result<FederatedIdentity, StoreError> {
    Ok(FederatedIdentity {
        issuer: row.get(0)?,
        subject: Some(row.get(1)?),
        audience: row.get(2)?,
        jwks: row.get(3)?,
        replay_protection: row.get(4)?,
    })
}
