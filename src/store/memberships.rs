//! The ends of memberships, in `group_members`. From its end on, a membership has no effect, even while its row
//! is there. The clean-up removes the row and writes the audit entry.

use std::collections::BTreeMap;

use super::{
    Row, StoreError, Tx,
    list::{MAX_LISTED, among},
    value::params,
};
use crate::model::{GroupId, Timestamp, UserId};

/// SQL condition: the membership with this alias has not ended at a time. Every statement that reads the
/// members of a group has it.
macro_rules! is_current {
    ($members:literal, $now:literal) => {
        concat!("(", $members, ".expires_at IS NULL OR ", $members, ".expires_at > ", $now, ")")
    };
}
pub(super) use is_current;

const ENDS_OF_GROUP: &str = "
    SELECT m.user_id, m.expires_at
      FROM group_members m
     WHERE m.group_id = ?1 AND m.expires_at > ?2";

const ENDS_OF_USER: &str = "
    SELECT m.group_id, m.expires_at
      FROM group_members m
     WHERE m.user_id = ?1 AND m.expires_at > ?2";

const ENDS_OF_USERS: &str = "
    SELECT m.user_id, m.group_id, m.expires_at FROM group_members m WHERE m.user_id";

const FIND_END: &str = concat!(
    "SELECT m.expires_at FROM group_members m WHERE m.user_id = ?1 AND m.group_id = ?2 AND ",
    is_current!("m", "?3")
);

const SET_END: &str = "
    UPDATE group_members SET expires_at = ?3 WHERE user_id = ?1 AND group_id = ?2";

const LIST_ENDED: &str = "
    SELECT group_id, user_id, expires_at
      FROM group_members
     WHERE expires_at <= ?1
     ORDER BY expires_at, group_id, user_id
     LIMIT ?2";

const LIST_ENDED_OF: &str = "
    SELECT group_id, user_id, expires_at FROM group_members WHERE user_id = ?1 AND expires_at <= ?2";

const ENDED_OF_GROUP: &str = "
    SELECT m.user_id, m.expires_at
      FROM group_members m
     WHERE m.group_id = ?1 AND m.expires_at <= ?2";

/// A membership that has ended, and still has a row.
#[derive(Debug, Clone, Copy)]
pub struct EndedMembership {
    /// The group.
    pub group_id: GroupId,
    /// The user whose membership ended.
    pub user_id: UserId,
    /// When it ended.
    pub expires_at: Timestamp,
}

/// When the current memberships of a group end; without those that do not.
pub fn ends_of_group(
    tx: &mut Tx<'_>,
    id: GroupId,
    now: Timestamp,
) -> Result<BTreeMap<UserId, Timestamp>, StoreError> {
    let ends = tx.query_all(ENDS_OF_GROUP, params![id, now], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(ends?.into_iter().collect())
}

/// When the current memberships of a user end; without those that do not.
pub fn ends_of_user(
    tx: &mut Tx<'_>,
    id: UserId,
    now: Timestamp,
) -> Result<BTreeMap<GroupId, Timestamp>, StoreError> {
    let ends = tx.query_all(ENDS_OF_USER, params![id, now], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(ends?.into_iter().collect())
}

/// When the current memberships of each of these users end; without those that do not.
pub fn ends_of_users(
    tx: &mut Tx<'_>,
    ids: &[UserId],
    now: Timestamp,
) -> Result<BTreeMap<UserId, BTreeMap<GroupId, Timestamp>>, StoreError> {
    let mut found: BTreeMap<UserId, BTreeMap<GroupId, Timestamp>> = BTreeMap::new();
    for ids in ids.chunks(MAX_LISTED) {
        let (among, mut bound) = among(ids);
        bound.push(&now);
        let sql = format!("{ENDS_OF_USERS} {among} AND m.expires_at > ?{}", bound.len());
        let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        for (user, group, end) in tx.query_all(&sql, &bound, read)? {
            found.entry(user).or_default().insert(group, end);
        }
    }
    Ok(found)
}

/// When a current membership ends: `Some(None)` for never, `None` if the user is not a member.
pub fn find_end(
    tx: &mut Tx<'_>,
    group: GroupId,
    user: UserId,
    now: Timestamp,
) -> Result<Option<Option<Timestamp>>, StoreError> {
    tx.query_opt(FIND_END, params![user, group, now], |row| row.get(0))
}

/// Sets when a membership ends; `None` for never.
pub fn set_end(
    tx: &mut Tx<'_>,
    group: GroupId,
    user: UserId,
    expires_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    tx.execute(SET_END, params![user, group, expires_at])?.expect_rows(1)
}

/// Lists memberships that have ended and still have a row.
pub fn list_ended(
    tx: &mut Tx<'_>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<EndedMembership>, StoreError> {
    tx.query_all(LIST_ENDED, params![now, limit], read_ended)
}

/// Lists the memberships of a user that have ended and still have a row.
pub fn list_ended_of(
    tx: &mut Tx<'_>,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<EndedMembership>, StoreError> {
    tx.query_all(LIST_ENDED_OF, params![user, now], read_ended)
}

fn read_ended(row: &Row<'_>) -> Result<EndedMembership, StoreError> {
    Ok(EndedMembership { group_id: row.get(0)?, user_id: row.get(1)?, expires_at: row.get(2)? })
}

/// When memberships of a group ended that still have a row, by user.
pub fn ended_of_group(
    tx: &mut Tx<'_>,
    id: GroupId,
    now: Timestamp,
) -> Result<BTreeMap<UserId, Timestamp>, StoreError> {
    let ends = tx.query_all(ENDED_OF_GROUP, params![id, now], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(ends?.into_iter().collect())
}
