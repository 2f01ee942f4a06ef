//! `consents`: the scopes that users allowed to clients.

use super::{StoreError, Tx, value::params};
use crate::model::{ClientId, Scope, Timestamp, UserId};

const FIND: &str = "SELECT scope FROM consents WHERE user_id = ?1 AND client_id = ?2";

const UPSERT: &str = "
    INSERT INTO consents (user_id, client_id, scope, created_at, last_used_at)
    VALUES (?1, ?2, ?3, ?4, ?4)
    ON CONFLICT (user_id, client_id) DO UPDATE
       SET scope = excluded.scope, last_used_at = excluded.last_used_at";

const FIND_WITH_USE: &str =
    "SELECT scope, last_used_at FROM consents WHERE user_id = ?1 AND client_id = ?2";

const LIST_OF_USER: &str = "
    SELECT user_id, client_id, scope, last_used_at
      FROM consents
     WHERE user_id = ?1
     ORDER BY last_used_at DESC, client_id";

const LIST_SURPLUS: &str = "
    SELECT client_id
      FROM consents
     WHERE user_id = ?1
     ORDER BY last_used_at DESC, client_id
     LIMIT 2 OFFSET ?2";

const DELETE: &str = "DELETE FROM consents WHERE user_id = ?1 AND client_id = ?2";

const DELETE_OF_CLIENT: &str = "DELETE FROM consents WHERE client_id = ?1";

/// The shortest interval between recorded uses, in seconds. Writing the row at every sign-in would
/// make concurrent sign-ins wait for each other.
const USE_GRANULARITY: i64 = 60;

/// The most consents of a user. Strangers can publish any number of client metadata documents, and a
/// user can allow each of them.
pub const MAX_OF_USER: i64 = 500;

/// Finds the scope that a user allowed to a client.
pub fn find(
    tx: &mut Tx<'_>,
    user_id: UserId,
    client_id: &ClientId,
) -> Result<Option<Scope>, StoreError> {
    let scope: Option<String> =
        tx.query_opt(FIND, params![user_id, client_id], |row| row.get(0))?;
    Ok(scope.as_deref().map(Scope::parse))
}

/// A consent of a user to a client.
#[derive(Debug, Clone)]
pub struct Consent {
    /// The user.
    pub user_id: UserId,
    /// The client.
    pub client_id: ClientId,
    /// The allowed scope.
    pub scope: Scope,
    /// When the user last signed in to the client.
    pub last_used_at: Timestamp,
}

/// Lists the consents of a user, most recently used first.
pub fn list_of_user(tx: &mut Tx<'_>, user_id: UserId) -> Result<Vec<Consent>, StoreError> {
    tx.query_all(LIST_OF_USER, params![user_id], |row| {
        Ok(Consent {
            user_id: row.get(0)?,
            client_id: row.get(1)?,
            scope: Scope::parse(&row.get::<String>(2)?),
            last_used_at: row.get(3)?,
        })
    })
}

/// Lists a few of the consents that a user has beyond [`MAX_OF_USER`], the least recently used.
pub(super) fn list_surplus(tx: &mut Tx<'_>, user_id: UserId) -> Result<Vec<ClientId>, StoreError> {
    tx.query_all(LIST_SURPLUS, params![user_id, MAX_OF_USER], |row| row.get(0))
}

/// Deletes the consent of a user to a client. `false` when there was none.
pub fn delete(tx: &mut Tx<'_>, user_id: UserId, client_id: &ClientId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![user_id, client_id])?.rows() == 1)
}

/// Adds a scope to the consent of a user and records its use. Returns whether the scope was not
/// fully allowed before. A server calls [`super::sign_out::record_consent`], which bounds their
/// number.
pub fn record(
    tx: &mut Tx<'_>,
    user_id: UserId,
    client_id: &ClientId,
    scope: &Scope,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let found = tx.query_opt(FIND_WITH_USE, params![user_id, client_id], |row| {
        Ok((Scope::parse(&row.get::<String>(0)?), row.get::<Timestamp>(1)?))
    })?;
    let (allowed, used_at) = found.unzip();
    let is_new = !allowed.as_ref().is_some_and(|allowed| allowed.covers(scope));
    let is_noted = used_at.is_some_and(|at| now.seconds_since(at) < USE_GRANULARITY);
    if is_new || !is_noted {
        let scope = allowed.unwrap_or_default().union(scope).to_string();
        tx.execute(UPSERT, params![user_id, client_id, scope, now])?.expect_rows(1)?;
    }
    Ok(is_new)
}

/// Deletes all consents to a client.
pub fn delete_of_client(tx: &mut Tx<'_>, client_id: &ClientId) -> Result<(), StoreError> {
    // Any number of rows.
    tx.execute(DELETE_OF_CLIENT, params![client_id]).map(|_| ())
}
