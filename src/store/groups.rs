//! `groups` and `group_members`.

use std::collections::BTreeMap;

use super::{
    Row, StoreError, Tx,
    list::{List, ListPage, ListQuery, MAX_LISTED, among},
    memberships::is_current,
    value::{Bind, params},
};
use crate::model::{
    ClientId, Group, GroupId, GroupName, ProtectedHostId, SshAccountId, Timestamp, UserId,
};

const FIND: &str = "
    SELECT id, name, friendly_name, created_at, updated_at, ldap_id FROM groups WHERE id = ?1";

const FIND_BY_NAME: &str = "
    SELECT id, name, friendly_name, created_at, updated_at, ldap_id FROM groups WHERE name = ?1";

const LIST: &str = concat!(
    "SELECT g.id, g.name, g.friendly_name, g.created_at, g.updated_at, g.ldap_id,
           COUNT(*) FILTER (WHERE m.user_id IS NOT NULL)
      FROM groups g
      LEFT JOIN group_members m ON m.group_id = g.id AND ",
    is_current!("m", "?1"),
    " GROUP BY g.id, g.name, g.friendly_name, g.created_at, g.updated_at, g.ldap_id
     ORDER BY g.name"
);

const LIST_OF_USER: &str = concat!(
    "SELECT g.id, g.name, g.friendly_name, g.created_at, g.updated_at, g.ldap_id
      FROM group_members m
      JOIN groups g ON g.id = m.group_id
     WHERE m.user_id = ?1 AND ",
    is_current!("m", "?2"),
    " ORDER BY g.name"
);

/// The users are a list of parameters; the one after them is the current time.
const LIST_OF_USERS: &str = concat!(
    "SELECT g.id, g.name, g.friendly_name, g.created_at, g.updated_at, g.ldap_id, m.user_id
      FROM group_members m
      JOIN groups g ON g.id = m.group_id
     WHERE m.user_id {among} AND ",
    is_current!("m", "{now}"),
    " ORDER BY g.name"
);

const LIST_OF_CLIENT: &str = "
    SELECT g.id, g.name, g.friendly_name, g.created_at, g.updated_at, g.ldap_id
      FROM client_groups c
      JOIN groups g ON g.id = c.group_id
     WHERE c.client_id = ?1
     ORDER BY g.name";

const LIST_OF_PROTECTED_HOST: &str = "
    SELECT g.id, g.name, g.friendly_name, g.created_at, g.updated_at, g.ldap_id
      FROM protected_host_groups p
      JOIN groups g ON g.id = p.group_id
     WHERE p.protected_host_id = ?1
     ORDER BY g.name";

const LIST_OF_SSH_ACCOUNT: &str = "
    SELECT g.id, g.name, g.friendly_name, g.created_at, g.updated_at, g.ldap_id
      FROM ssh_account_groups s
      JOIN groups g ON g.id = s.group_id
     WHERE s.ssh_account_id = ?1
     ORDER BY g.name";

const LIST_CLIENT_IDS: &str = "
    SELECT client_id FROM client_groups WHERE group_id = ?1 ORDER BY client_id";

/// SQL expression: the number of members. It has no name: a far page is sorted without the columns.
macro_rules! user_count {
    () => {
        concat!(
            "(SELECT COUNT(*) FROM group_members m WHERE m.group_id = g.id AND ",
            is_current!("m", "t.now"),
            ")"
        )
    };
}

/// The parameter is the current time.
const PAGES: List = List {
    columns: concat!(
        "g.id, g.name, g.friendly_name, g.created_at, g.updated_at, g.ldap_id, ",
        user_count!()
    ),
    from: "groups g CROSS JOIN (SELECT CAST(?1 AS BIGINT) AS now) t",
    condition: None,
    key: "g.id",
    sortable: &[
        ("friendlyName", "g.friendly_name"),
        ("name", "g.name"),
        ("createdAt", "g.created_at"),
        ("userCount", user_count!()),
    ],
    order: "g.id",
    filterable: &[],
    searched: &["LOWER(g.name)"],
    changes: None,
};

/// Groups without the number of their members.
const SLICES: List = List {
    columns: "g.id, g.name, g.friendly_name, g.created_at, g.updated_at, g.ldap_id",
    from: "groups g",
    sortable: &[("createdAt", "g.created_at")],
    ..PAGES
};

const MEMBER_IDS: &str = concat!(
    "SELECT m.user_id FROM group_members m WHERE m.group_id = ?1 AND ",
    is_current!("m", "?2"),
    " ORDER BY m.user_id"
);

const NAMES: &str = "SELECT name FROM groups ORDER BY name";

const INSERT: &str = "
    INSERT INTO groups (id, name, friendly_name, created_at, updated_at, ldap_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

const INSERT_MEMBER: &str = "
    INSERT INTO group_members (user_id, group_id) VALUES (?1, ?2)
    ON CONFLICT DO NOTHING";

const UPDATE: &str = "
    UPDATE groups SET name = ?2, friendly_name = ?3, updated_at = ?4 WHERE id = ?1";

const TOUCH: &str = "UPDATE groups SET updated_at = ?2 WHERE id = ?1";

const ALL: &str = "
    SELECT id, name, friendly_name, created_at, updated_at, ldap_id FROM groups ORDER BY name";

const DELETE: &str = "DELETE FROM groups WHERE id = ?1";

const DELETE_MEMBER: &str = "DELETE FROM group_members WHERE user_id = ?1 AND group_id = ?2";

/// Finds a group by its id.
pub fn find(tx: &mut Tx<'_>, id: GroupId) -> Result<Option<Group>, StoreError> {
    tx.query_opt(FIND, params![id], read)
}

/// Finds a group by its name.
pub fn find_by_name(tx: &mut Tx<'_>, name: &GroupName) -> Result<Option<Group>, StoreError> {
    tx.query_opt(FIND_BY_NAME, params![name], read)
}

/// Lists every group by name, with the number of its members.
pub fn list(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<(Group, i64)>, StoreError> {
    tx.query_all(LIST, params![now], |row| Ok((read(row)?, row.get(6)?)))
}

/// Lists every group by name.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Group>, StoreError> {
    tx.query_all(ALL, params![], read)
}

/// Lists a page of groups, with the number of their members.
pub fn page(
    tx: &mut Tx<'_>,
    query: &ListQuery,
    now: Timestamp,
) -> Result<ListPage<(Group, i64)>, StoreError> {
    PAGES.page(tx, &[&now], query, |row| Ok((read(row)?, row.get(6)?)))
}

/// Lists groups from a position on, oldest first. Returns them with the number of all groups.
pub fn slice(tx: &mut Tx<'_>, offset: i64, limit: i64) -> Result<(Vec<Group>, i64), StoreError> {
    let query = ListQuery { limit, sort: Some("createdAt".into()), ..ListQuery::default() };
    SLICES.slice(tx, &query, offset, read)
}

/// Lists the ids of the members of a group, in their order.
pub fn member_ids(tx: &mut Tx<'_>, id: GroupId, now: Timestamp) -> Result<Vec<UserId>, StoreError> {
    tx.query_all(MEMBER_IDS, params![id, now], |row| row.get(0))
}

/// Lists the groups that a user is in, by name.
pub fn list_of_user(tx: &mut Tx<'_>, id: UserId, now: Timestamp) -> Result<Vec<Group>, StoreError> {
    tx.query_all(LIST_OF_USER, params![id, now], read)
}

/// Lists the groups that each of these users is in, by name.
pub fn list_of_users(
    tx: &mut Tx<'_>,
    ids: &[UserId],
    now: Timestamp,
) -> Result<BTreeMap<UserId, Vec<Group>>, StoreError> {
    let mut found: BTreeMap<UserId, Vec<Group>> = BTreeMap::new();
    for ids in ids.chunks(MAX_LISTED) {
        let (among, mut bound) = among(ids);
        bound.push(&now);
        let number = format!("?{}", bound.len());
        let sql = LIST_OF_USERS.replace("{among}", &among).replace("{now}", &number);
        for (user, group) in tx.query_all(&sql, &bound, |row| Ok((row.get(6)?, read(row)?)))? {
            found.entry(user).or_default().push(group);
        }
    }
    Ok(found)
}

/// Lists the groups assigned to a client, by name.
pub fn list_of_client(tx: &mut Tx<'_>, id: &ClientId) -> Result<Vec<Group>, StoreError> {
    tx.query_all(LIST_OF_CLIENT, params![id], read)
}

/// Lists the groups that a protected host lets in, by name.
pub fn list_of_protected_host(
    tx: &mut Tx<'_>,
    id: ProtectedHostId,
) -> Result<Vec<Group>, StoreError> {
    tx.query_all(LIST_OF_PROTECTED_HOST, params![id], read)
}

/// Lists the groups whose members may enter an account of hosts, by name.
pub fn list_of_ssh_account(tx: &mut Tx<'_>, id: SshAccountId) -> Result<Vec<Group>, StoreError> {
    tx.query_all(LIST_OF_SSH_ACCOUNT, params![id], read)
}

/// Lists the ids of the clients that are assigned to a group.
pub fn list_client_ids(tx: &mut Tx<'_>, id: GroupId) -> Result<Vec<ClientId>, StoreError> {
    tx.query_all(LIST_CLIENT_IDS, params![id], |row| row.get(0))
}

/// Lists every group name, for suggestions.
pub fn names(tx: &mut Tx<'_>) -> Result<Vec<String>, StoreError> {
    tx.query_all(NAMES, params![], |row| row.get(0))
}

/// Stores a new group.
pub fn insert(tx: &mut Tx<'_>, group: &Group) -> Result<(), StoreError> {
    let Group { id, name, friendly_name, created_at, updated_at, ldap_id } = group;
    tx.execute(INSERT, params![id, name, friendly_name, created_at, updated_at, ldap_id])?
        .expect_rows(1)
}

/// Adds a user to a group. `false` when they already were a member.
pub fn insert_member(tx: &mut Tx<'_>, group: GroupId, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.execute(INSERT_MEMBER, params![user, group])?.rows() == 1)
}

/// Updates the names of a group.
pub fn update(tx: &mut Tx<'_>, group: &Group, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(UPDATE, params![group.id, group.name, group.friendly_name, now])?.expect_rows(1)
}

/// Notes that the members of a group have changed.
pub fn touch(tx: &mut Tx<'_>, id: GroupId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(TOUCH, params![id, now])?.expect_rows(1)
}

/// Deletes a group, but not its members and clients.
pub fn delete(tx: &mut Tx<'_>, id: GroupId) -> Result<(), StoreError> {
    tx.execute(DELETE, params![id])?.expect_rows(1)
}

/// Replaces the groups that are linked to one thing. Takes the statement that deletes its links, and the one that
/// inserts a link.
pub(super) fn replace_links(
    tx: &mut Tx<'_>,
    [delete, insert]: [&str; 2],
    of: &dyn Bind,
    groups: impl IntoIterator<Item = GroupId>,
) -> Result<(), StoreError> {
    let _however_many = tx.execute(delete, &[of])?;
    groups.into_iter().try_for_each(|group| tx.execute(insert, &[of, &group])?.expect_rows(1))
}

/// Removes a user from a group. `false` when they were not a member.
pub fn delete_member(tx: &mut Tx<'_>, group: GroupId, user: UserId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE_MEMBER, params![user, group])?.rows() == 1)
}

pub(super) fn read(row: &Row<'_>) -> Result<Group, StoreError> {
    Ok(Group {
        id: row.get(0)?,
        name: row.get(1)?,
        friendly_name: row.get(2)?,
        created_at: row.get(3)?,
        updated_at: row.get(4)?,
        ldap_id: row.get(5)?,
    })
}
