//! `ssh_accounts`: accounts of hosts, and `ssh_account_groups`: the groups whose members may enter them.

use std::collections::BTreeMap;

use super::{
    Row, StoreError, Tx, groups,
    list::{List, ListPage, ListQuery},
    memberships::is_current,
    value::params,
};
use crate::model::{Client, GroupId, SshAccount, SshAccountId, SshAccountName, Timestamp, UserId};

const PAGES: List = List {
    columns: "a.id, a.account, a.is_for_everyone, a.created_at",
    from: "ssh_accounts a",
    condition: None,
    key: "a.id",
    sortable: &[("account", "a.account"), ("createdAt", "a.created_at")],
    order: "a.account, a.id",
    filterable: &[],
    searched: &["a.account"],
    changes: None,
};

const FIND: &str = "
    SELECT id, account, is_for_everyone, created_at FROM ssh_accounts WHERE id = ?1";

const FIND_BY_ACCOUNT: &str = "
    SELECT id, account, is_for_everyone, created_at FROM ssh_accounts WHERE account = ?1";

const LIST: &str = "
    SELECT id, account, is_for_everyone, created_at FROM ssh_accounts ORDER BY account";

const LIST_OF_USER: &str = concat!(
    "SELECT a.id, a.account, a.is_for_everyone, a.created_at
      FROM ssh_accounts a
     WHERE a.is_for_everyone = 1
        OR EXISTS (SELECT 1
                     FROM ssh_account_groups s
                     JOIN group_members m ON m.group_id = s.group_id
                    WHERE s.ssh_account_id = a.id AND m.user_id = ?1 AND ",
    is_current!("m", "?2"),
    ") ORDER BY a.account"
);

const LAST_ENDS_OF_USER: &str = concat!(
    "SELECT a.account, MAX(COALESCE(m.expires_at, 9223372036854775807))
      FROM ssh_accounts a
      JOIN ssh_account_groups s ON s.ssh_account_id = a.id
      JOIN group_members m ON m.group_id = s.group_id
     WHERE a.is_for_everyone = 0 AND m.user_id = ?1 AND ",
    is_current!("m", "?2"),
    " GROUP BY a.account"
);

/// The client with which certificates are got may be restricted to groups, too.
const OPENS_TO: &str = "
    SELECT 1 FROM ssh_account_groups WHERE group_id = ?1
     UNION ALL
    SELECT 1
      FROM client_groups g
      JOIN clients c ON c.id = g.client_id
     WHERE g.client_id = ?2 AND g.group_id = ?1 AND c.is_group_restricted = 1
     LIMIT 1";

const OPENS_TO_EVERYONE: &str = "SELECT 1 FROM ssh_accounts WHERE is_for_everyone = 1 LIMIT 1";

const LETS_IN: &str = concat!(
    "SELECT 1 FROM ssh_accounts WHERE is_for_everyone = 1
     UNION ALL
    SELECT 1 FROM group_members m JOIN ssh_account_groups s ON s.group_id = m.group_id
     WHERE m.user_id = ?1 AND ",
    is_current!("m", "?2"),
    " LIMIT 1"
);

const LIST_CLOSED: &str = concat!(
    "SELECT a.account,
            (SELECT COUNT(*) FROM ssh_account_groups s WHERE s.ssh_account_id = a.id)
       FROM ssh_accounts a
      WHERE a.is_for_everyone = 0
        AND NOT EXISTS (SELECT 1
                          FROM ssh_account_groups s
                          JOIN group_members m ON m.group_id = s.group_id
                         WHERE s.ssh_account_id = a.id AND ",
    is_current!("m", "?1"),
    ") ORDER BY a.account"
);

const COUNT: &str = "SELECT COUNT(*) FROM ssh_accounts";

const INSERT: &str = "
    INSERT INTO ssh_accounts (id, account, is_for_everyone, created_at) VALUES (?1, ?2, ?3, ?4)";

const UPDATE: &str = "UPDATE ssh_accounts SET account = ?2, is_for_everyone = ?3 WHERE id = ?1";

const DELETE: &str = "DELETE FROM ssh_accounts WHERE id = ?1";

const DELETE_GROUPS: &str = "DELETE FROM ssh_account_groups WHERE ssh_account_id = ?1";

const INSERT_GROUP: &str =
    "INSERT INTO ssh_account_groups (ssh_account_id, group_id) VALUES (?1, ?2)";

/// Finds an account.
pub fn find(tx: &mut Tx<'_>, id: SshAccountId) -> Result<Option<SshAccount>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Finds an account by its name.
pub fn find_by_account(
    tx: &mut Tx<'_>,
    account: &SshAccountName,
) -> Result<Option<SshAccount>, StoreError> {
    tx.query_opt(FIND_BY_ACCOUNT, params![account], read)
}

/// Lists every account.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<SshAccount>, StoreError> {
    tx.query_all(LIST, params![], read)
}

/// Lists the accounts that a user may enter.
pub fn list_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    now: Timestamp,
) -> Result<Vec<SshAccount>, StoreError> {
    tx.query_all(LIST_OF_USER, params![user_id, now], read)
}

/// When the last of the user's memberships ends that admit to an account; without accounts for everyone.
pub fn last_ends_of_user(
    tx: &mut Tx<'_>,
    user_id: UserId,
    now: Timestamp,
) -> Result<BTreeMap<SshAccountName, Timestamp>, StoreError> {
    let params = params![user_id, now];
    let ends = tx.query_all(LAST_ENDS_OF_USER, params, |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(ends?.into_iter().collect())
}

/// Whether the members of one of these groups may enter an account, or get certificates, since they are members.
pub fn opens_to_any(
    tx: &mut Tx<'_>,
    groups: impl IntoIterator<Item = GroupId>,
) -> Result<bool, StoreError> {
    for group in groups {
        if tx.exists(OPENS_TO, params![group, Client::SSH])? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether an account is open to everyone.
pub fn opens_to_everyone(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    tx.exists(OPENS_TO_EVERYONE, params![])
}

/// Whether a user may enter any account.
pub fn lets_in(tx: &mut Tx<'_>, user_id: UserId, now: Timestamp) -> Result<bool, StoreError> {
    tx.exists(LETS_IN, params![user_id, now])
}

/// Lists a page of accounts.
pub fn page(tx: &mut Tx<'_>, query: &ListQuery) -> Result<ListPage<SshAccount>, StoreError> {
    PAGES.page(tx, &[], query, read)
}

/// An account that no user may enter.
#[derive(Debug, Clone)]
pub struct ClosedAccount {
    /// The account.
    pub account: SshAccountName,
    /// The number of its groups, which have no members.
    pub groups: i64,
}

/// Lists the accounts that no user may enter.
pub fn list_closed(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<ClosedAccount>, StoreError> {
    tx.query_all(LIST_CLOSED, params![now], |row| {
        Ok(ClosedAccount { account: row.get(0)?, groups: row.get(1)? })
    })
}

/// Counts the accounts.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
    Ok(tx.query_opt(COUNT, params![], |row| row.get(0))?.unwrap_or(0))
}

/// Stores a new account, without groups.
pub fn insert(tx: &mut Tx<'_>, account: &SshAccount) -> Result<(), StoreError> {
    let SshAccount { id, account, is_for_everyone, created_at } = account;
    tx.execute(INSERT, params![id, account, is_for_everyone, created_at])?.expect_rows(1)
}

/// Stores everything of an account but its groups.
pub fn update(tx: &mut Tx<'_>, account: &SshAccount) -> Result<(), StoreError> {
    tx.execute(UPDATE, params![account.id, account.account, account.is_for_everyone])?
        .expect_rows(1)
}

/// Replaces the groups whose members may enter an account.
pub fn replace_groups(
    tx: &mut Tx<'_>,
    id: SshAccountId,
    groups: impl IntoIterator<Item = GroupId>,
) -> Result<(), StoreError> {
    groups::replace_links(tx, [DELETE_GROUPS, INSERT_GROUP], &id, groups)
}

/// Deletes an account. Returns `false` when there is none.
pub fn delete(tx: &mut Tx<'_>, id: SshAccountId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE, params![id])?.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<SshAccount, StoreError> {
    Ok(SshAccount {
        id: row.get(0)?,
        account: row.get(1)?,
        is_for_everyone: row.get(2)?,
        created_at: row.get(3)?,
    })
}
