//! `user_claims` and `group_claims`.

use std::collections::BTreeMap;

use super::{
    Row, StoreError, Tx,
    list::{MAX_LISTED, among},
    memberships::is_current,
    value::params,
};
use crate::model::{ClaimName, ClaimOwner, CustomClaim, Timestamp, UserId};

const LIST_OF_USER: &str = "SELECT name, value FROM user_claims WHERE user_id = ?1 ORDER BY name";

const LIST_OF_USERS: &str = "SELECT name, value, user_id FROM user_claims WHERE user_id";

const LIST_OF_GROUP: &str =
    "SELECT name, value FROM group_claims WHERE group_id = ?1 ORDER BY name";

/// Claims of the user first, then those of the groups, in order of creation of the groups.
const LIST_FOR_TOKENS: &str = concat!(
    "SELECT name, value, CAST(0 AS BIGINT) AS is_of_group, user_id AS owner
      FROM user_claims
     WHERE user_id = ?1
     UNION ALL
    SELECT c.name, c.value, 1, c.group_id
      FROM group_members m
      JOIN group_claims c ON c.group_id = m.group_id
     WHERE m.user_id = ?1 AND ",
    is_current!("m", "?2"),
    " ORDER BY is_of_group, owner"
);

const NAMES: &str = "
    SELECT name, COUNT(*)
      FROM (SELECT name FROM user_claims UNION ALL SELECT name FROM group_claims) c
     GROUP BY name
     ORDER BY 2 DESC, name";

const SET_OF_USER: &str = "
    INSERT INTO user_claims (user_id, name, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (user_id, name) DO UPDATE SET value = excluded.value";

const SET_OF_GROUP: &str = "
    INSERT INTO group_claims (group_id, name, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (group_id, name) DO UPDATE SET value = excluded.value";

const DELETE_OF_USER: &str = "DELETE FROM user_claims WHERE user_id = ?1 AND name = ?2";

const DELETE_OF_GROUP: &str = "DELETE FROM group_claims WHERE group_id = ?1 AND name = ?2";

/// Lists the claims of a user or a group, by name.
pub fn list(tx: &mut Tx<'_>, owner: ClaimOwner) -> Result<Vec<CustomClaim>, StoreError> {
    match owner {
        ClaimOwner::Group(id) => tx.query_all(LIST_OF_GROUP, params![id], read),
        ClaimOwner::User(id) => tx.query_all(LIST_OF_USER, params![id], read),
    }
}

/// Lists the claims of each of these users, by name.
pub fn list_of_users(
    tx: &mut Tx<'_>,
    ids: &[UserId],
) -> Result<BTreeMap<UserId, Vec<CustomClaim>>, StoreError> {
    let mut found: BTreeMap<UserId, Vec<CustomClaim>> = BTreeMap::new();
    for ids in ids.chunks(MAX_LISTED) {
        let (among, bound) = among(ids);
        let sql = format!("{LIST_OF_USERS} {among} ORDER BY name");
        for (user, claim) in tx.query_all(&sql, &bound, |row| Ok((row.get(2)?, read(row)?)))? {
            found.entry(user).or_default().push(claim);
        }
    }
    Ok(found)
}

/// Lists the claims of a user and of their groups. Of several with the same name, the first wins.
pub fn list_for_tokens(
    tx: &mut Tx<'_>,
    id: UserId,
    now: Timestamp,
) -> Result<Vec<CustomClaim>, StoreError> {
    tx.query_all(LIST_FOR_TOKENS, params![id, now], read)
}

/// Lists the names of all claims, most frequent first.
pub fn names(tx: &mut Tx<'_>) -> Result<Vec<ClaimName>, StoreError> {
    tx.query_all(NAMES, params![], |row| row.get(0))
}

/// Inserts or replaces a claim.
pub fn set(tx: &mut Tx<'_>, owner: ClaimOwner, claim: &CustomClaim) -> Result<(), StoreError> {
    let CustomClaim { name, value } = claim;
    match owner {
        ClaimOwner::Group(id) => tx.execute(SET_OF_GROUP, params![id, name, value]),
        ClaimOwner::User(id) => tx.execute(SET_OF_USER, params![id, name, value]),
    }?
    .expect_rows(1)
}

/// Deletes a claim. `false` when there was none with that name.
pub fn delete(tx: &mut Tx<'_>, owner: ClaimOwner, name: &ClaimName) -> Result<bool, StoreError> {
    let deleted = match owner {
        ClaimOwner::Group(id) => tx.execute(DELETE_OF_GROUP, params![id, name]),
        ClaimOwner::User(id) => tx.execute(DELETE_OF_USER, params![id, name]),
    }?;
    Ok(deleted.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<CustomClaim, StoreError> {
    Ok(CustomClaim { name: row.get(0)?, value: row.get(1)? })
}
