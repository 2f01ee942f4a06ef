//! `signup_tokens` and `signup_token_groups`: invitations, each for a limited number of accounts.

use super::{
    Row, StoreError, Tx,
    list::{List, ListPage, ListQuery},
    value::params,
};
use crate::{
    crypto::Digest,
    model::{Group, GroupId, SignupToken, SignupTokenId, Timestamp},
};

const FIND: &str = "
    SELECT id, usage_limit, usage_count, created_at, expires_at, sealed_token
      FROM signup_tokens
     WHERE id = ?1";

const IS_GOOD: &str = "
    SELECT 1 FROM signup_tokens
     WHERE token_digest = ?1 AND expires_at > ?2 AND usage_count < usage_limit";

const GROUPS: &str = "
    SELECT g.id, g.name, g.friendly_name, g.created_at, g.updated_at, g.ldap_id
      FROM signup_token_groups t
      JOIN groups g ON g.id = t.group_id
     WHERE t.token_id = ?1
     ORDER BY g.name";

const INSERT: &str = "
    INSERT INTO signup_tokens (id, token_digest, usage_limit, usage_count, created_at, expires_at,
                               sealed_token)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";

const PAGES: List = List {
    columns: "t.id, t.usage_limit, t.usage_count, t.created_at, t.expires_at, t.sealed_token",
    from: "signup_tokens t",
    condition: Some("t.expires_at > ?1"),
    key: "t.id",
    sortable: &[
        ("createdAt", "t.created_at"),
        ("expiresAt", "t.expires_at"),
        ("usageCount", "t.usage_count"),
        ("usageLimit", "t.usage_limit"),
    ],
    order: "t.created_at, t.id",
    filterable: &[],
    searched: &[],
    changes: None,
};

/// The same list, searchable by the names of the groups.
const BY_GROUP: List = List {
    searched: &["COALESCE((
        SELECT LOWER(string_agg(g.name, ' '))
          FROM signup_token_groups s
          JOIN groups g ON g.id = s.group_id
         WHERE s.token_id = t.id), '')"],
    ..PAGES
};

const INSERT_GROUP: &str = "
    INSERT INTO signup_token_groups (token_id, group_id) VALUES (?1, ?2)";

const CONSUME: &str = "
    UPDATE signup_tokens
       SET usage_count = usage_count + 1
     WHERE token_digest = ?1 AND expires_at > ?2 AND usage_count < usage_limit
    RETURNING id";

const DELETE: &str = "DELETE FROM signup_tokens WHERE id = ?1";

/// Lists the first of the unexpired invitations, oldest first, each with the groups that new
/// accounts join. A text is searched for in the names of these groups.
pub fn first(
    tx: &mut Tx<'_>,
    query: &ListQuery,
    now: Timestamp,
) -> Result<Vec<(SignupToken, Vec<Group>)>, StoreError> {
    let tokens = BY_GROUP.first(tx, params![now], query, read)?;
    with_groups(tx, tokens)
}

/// Lists a page of the unexpired invitations, each with the groups that new accounts join.
pub fn page(
    tx: &mut Tx<'_>,
    query: &ListQuery,
    now: Timestamp,
) -> Result<ListPage<(SignupToken, Vec<Group>)>, StoreError> {
    let ListPage { items, total, page, limit } = PAGES.page(tx, params![now], query, read)?;
    Ok(ListPage { items: with_groups(tx, items)?, total, page, limit })
}

fn with_groups(
    tx: &mut Tx<'_>,
    tokens: Vec<SignupToken>,
) -> Result<Vec<(SignupToken, Vec<Group>)>, StoreError> {
    let one = |token: SignupToken| list_groups(tx, token.id).map(|groups| (token, groups));
    tokens.into_iter().map(one).collect()
}

/// Finds an invitation by its id, even if it has expired.
pub fn find(tx: &mut Tx<'_>, id: SignupTokenId) -> Result<Option<SignupToken>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Lists the groups that new accounts of an invitation join, by name.
pub fn list_groups(tx: &mut Tx<'_>, id: SignupTokenId) -> Result<Vec<Group>, StoreError> {
    tx.query_all(GROUPS, params![id], super::groups::read)
}

/// Whether an invitation can still be used.
pub fn is_good(tx: &mut Tx<'_>, token: Digest, now: Timestamp) -> Result<bool, StoreError> {
    tx.exists(IS_GOOD, params![token, now])
}

/// Stores a new invitation with the digest of its token.
pub fn insert(
    tx: &mut Tx<'_>,
    token: &SignupToken,
    digest: Digest,
    groups: &[GroupId],
) -> Result<(), StoreError> {
    tx.execute(
        INSERT,
        params![
            token.id,
            digest,
            token.usage_limit,
            token.usage_count,
            token.created_at,
            token.expires_at,
            token.sealed_token,
        ],
    )?
    .expect_rows(1)?;
    for group in groups {
        tx.execute(INSERT_GROUP, params![token.id, *group])?.expect_rows(1)?;
    }
    Ok(())
}

/// Counts one use of an invitation. `None` when it can no longer be used.
pub fn consume(
    tx: &mut Tx<'_>,
    token: Digest,
    now: Timestamp,
) -> Result<Option<SignupTokenId>, StoreError> {
    tx.query_opt(CONSUME, params![token, now], |row| row.get(0))
}

/// Deletes an invitation. `false` when it did not exist.
pub fn delete(tx: &mut Tx<'_>, id: SignupTokenId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![id])?.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<SignupToken, StoreError> {
    Ok(SignupToken {
        id: row.get(0)?,
        usage_limit: row.get(1)?,
        usage_count: row.get(2)?,
        created_at: row.get(3)?,
        expires_at: row.get(4)?,
        sealed_token: row.get(5)?,
    })
}
