//! `scim_resources`: the users and groups that the endpoint of a SCIM provider has from us, and the
//! users and groups that it should have.

use std::collections::BTreeSet;

use uuid::Uuid;

use super::{
    Row, StoreError, Tx, groups,
    list::{MAX_LISTED, among},
    memberships::is_current,
    users,
    value::{Bind, params},
};
use crate::{
    crypto::Digest,
    model::{ClientId, Group, GroupId, ProvisionedKind, ScimProviderId, Timestamp, User, UserId},
};

/// The users and groups that a provider gets: those that may use its client at a time.
#[derive(Debug, Clone)]
pub struct ProvisioningScope {
    /// The provider.
    pub provider_id: ScimProviderId,
    /// Its client.
    pub client_id: ClientId,
    /// Whether only the groups of the client and their members may use it.
    pub is_restricted: bool,
    /// When memberships are looked at.
    pub now: Timestamp,
}

/// A user or a group that was sent.
#[derive(Debug, Clone)]
pub struct SentResource {
    /// The id of the user or the group here.
    pub local_id: Uuid,
    /// Its id at the endpoint.
    pub remote_id: String,
    /// The digest of the resource as it was last sent.
    pub digest: Digest,
    /// Whether it was at the endpoint before, and was taken over by its name.
    pub is_adopted: bool,
}

/// A user, and their last version that was sent.
#[derive(Debug)]
pub struct UserToProvision {
    /// The user.
    pub user: User,
    /// The last version that was sent.
    pub sent: Option<SentResource>,
}

/// A member of a group.
#[derive(Debug)]
pub struct MemberToProvision {
    /// The user.
    pub id: UserId,
    /// Their id at the endpoint, if they were sent.
    pub remote_id: Option<String>,
}

/// Users from an id on, with the last version of each that was sent. `?2` is the client that they may use; every
/// user may, when `?4` is 0. `?6` is the current time.
const USERS: &str = concat!(
    "SELECT ",
    users::columns!(),
    ", r.remote_id, r.sent_digest, r.is_adopted
       FROM users u
       LEFT JOIN scim_resources r
         ON r.provider_id = ?1 AND r.kind = 'user' AND r.local_id = u.id
      WHERE u.id > ?3
        AND u.user_type = 'person'
        AND (CAST(?4 AS BIGINT) = 0 OR EXISTS (
            SELECT 1
              FROM group_members m
              JOIN client_groups c ON c.group_id = m.group_id
             WHERE m.user_id = u.id AND c.client_id = ?2 AND ",
    is_current!("m", "?6"),
    "))
      ORDER BY u.id
      LIMIT ?5"
);

const USER: &str = concat!(
    "SELECT ",
    users::columns!(),
    ", r.remote_id, r.sent_digest, r.is_adopted
       FROM users u
       LEFT JOIN scim_resources r
         ON r.provider_id = ?1 AND r.kind = 'user' AND r.local_id = u.id
      WHERE u.id = ?2"
);

const MEMBERS: &str = concat!(
    "SELECT m.user_id, r.remote_id
      FROM group_members m
      JOIN users u ON u.id = m.user_id AND u.user_type = 'person'
      LEFT JOIN scim_resources r
        ON r.provider_id = ?1 AND r.kind = 'user' AND r.local_id = m.user_id
     WHERE m.group_id = ?2 AND ",
    is_current!("m", "?3"),
    " ORDER BY m.user_id"
);

const FIND: &str = "
    SELECT local_id, remote_id, sent_digest, is_adopted
      FROM scim_resources
     WHERE provider_id = ?1 AND kind = ?2 AND local_id = ?3";

const LIST: &str = "
    SELECT local_id, remote_id, sent_digest, is_adopted
      FROM scim_resources
     WHERE provider_id = ?1 AND kind = ?2 AND local_id > ?3
     ORDER BY local_id
     LIMIT ?4";

const PUT: &str = "
    INSERT INTO scim_resources
        (provider_id, kind, local_id, remote_id, sent_digest, is_adopted)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (provider_id, kind, local_id) DO UPDATE
       SET remote_id = excluded.remote_id,
           sent_digest = excluded.sent_digest,
           is_adopted = excluded.is_adopted";

const DELETE: &str = "
    DELETE FROM scim_resources WHERE provider_id = ?1 AND kind = ?2 AND local_id = ?3";

const DELETE_OF_PROVIDER: &str = "DELETE FROM scim_resources WHERE provider_id = ?1";

/// Lists users that the provider gets, in the order of their ids, after this one.
pub fn list_users(
    tx: &mut Tx<'_>,
    scope: &ProvisioningScope,
    after: UserId,
    limit: i64,
) -> Result<Vec<UserToProvision>, StoreError> {
    let ProvisioningScope { provider_id, client_id, is_restricted, now } = scope;
    let params = params![provider_id, client_id, after, is_restricted, limit, now];
    tx.query_all(USERS, params, read_user)
}

/// Finds a user, whether the provider gets them or not.
pub fn find_user(
    tx: &mut Tx<'_>,
    provider_id: ScimProviderId,
    id: UserId,
) -> Result<Option<UserToProvision>, StoreError> {
    tx.query_opt(USER, params![provider_id, id], read_user)
}

/// Lists the groups that the provider gets.
pub fn list_groups(tx: &mut Tx<'_>, scope: &ProvisioningScope) -> Result<Vec<Group>, StoreError> {
    if scope.is_restricted { groups::list_of_client(tx, &scope.client_id) } else { groups::all(tx) }
}

/// Lists the members of a group. The account of `STATIC_API_KEY` is not sent.
pub fn list_members(
    tx: &mut Tx<'_>,
    scope: &ProvisioningScope,
    group: GroupId,
) -> Result<Vec<MemberToProvision>, StoreError> {
    let read = |row: &Row<'_>| Ok(MemberToProvision { id: row.get(0)?, remote_id: row.get(1)? });
    let mut members = tx.query_all(MEMBERS, params![scope.provider_id, group, scope.now], read)?;
    members.retain(|member| member.id != UserId::STATIC);
    Ok(members)
}

/// Finds the last version of a user or a group that was sent.
pub fn find(
    tx: &mut Tx<'_>,
    provider_id: ScimProviderId,
    kind: ProvisionedKind,
    local_id: Uuid,
) -> Result<Option<SentResource>, StoreError> {
    tx.query_opt(FIND, params![provider_id, kind.as_str(), local_id], read_sent)
}

/// Which of these ids belong to users or groups that the provider gets.
pub fn wanted_among(
    tx: &mut Tx<'_>,
    scope: &ProvisioningScope,
    kind: ProvisionedKind,
    ids: &[Uuid],
) -> Result<BTreeSet<Uuid>, StoreError> {
    match kind {
        ProvisionedKind::User => among_users(tx, scope, ids),
        ProvisionedKind::Group => {
            let groups = list_groups(tx, scope)?;
            Ok(groups.into_iter().map(|group| group.id.0).collect())
        }
    }
}

/// Which of these ids belong to users that the provider gets.
fn among_users(
    tx: &mut Tx<'_>,
    scope: &ProvisioningScope,
    ids: &[Uuid],
) -> Result<BTreeSet<Uuid>, StoreError> {
    if !scope.is_restricted {
        return among_ids(tx, "SELECT u.id FROM users u WHERE u.id", PEOPLE, ids, &[]);
    }
    let added: &[&dyn Bind] = &[&scope.client_id, &scope.now];
    among_ids(tx, "SELECT u.id FROM users u WHERE u.id", OF_CLIENT, ids, added)
}

/// Services are not provisioned: applications know people.
const PEOPLE: &str = " AND u.user_type = 'person'";

/// The people who may use a client.
const OF_CLIENT: &str = concat!(
    " AND u.user_type = 'person' AND EXISTS (
        SELECT 1
          FROM group_members m
          JOIN client_groups c ON c.group_id = m.group_id
         WHERE m.user_id = u.id AND c.client_id = ?{added} AND ",
    is_current!("m", "?{next}"),
    ")"
);

/// Which of these ids belong to users or groups that were sent to the provider, or that exist here.
pub fn known_among(
    tx: &mut Tx<'_>,
    provider_id: ScimProviderId,
    kind: ProvisionedKind,
    ids: &[Uuid],
) -> Result<BTreeSet<Uuid>, StoreError> {
    let (all, name) = match kind {
        ProvisionedKind::Group => ("SELECT id FROM groups WHERE id", "group"),
        ProvisionedKind::User => ("SELECT id FROM users WHERE id", "user"),
    };
    let mut known = among_ids(tx, all, "", ids, &[])?;
    let sent = "SELECT local_id FROM scim_resources WHERE local_id";
    let condition = format!(" AND kind = '{name}' AND provider_id = {FIRST_ADDED}");
    known.extend(among_ids(tx, sent, &condition, ids, &[&provider_id])?);
    Ok(known)
}

/// Stand for the numbers of the first two parameters after those of a list.
const FIRST_ADDED: &str = "?{added}";
const SECOND_ADDED: &str = "?{next}";

/// Runs a query for a list of ids, in parts. The condition after the list may have two more parameters.
fn among_ids(
    tx: &mut Tx<'_>,
    select: &str,
    condition: &str,
    ids: &[Uuid],
    added: &[&dyn Bind],
) -> Result<BTreeSet<Uuid>, StoreError> {
    let mut found = BTreeSet::new();
    for ids in ids.chunks(MAX_LISTED) {
        let (list, mut bound) = among(ids);
        let count = bound.len();
        let number = |after: usize| format!("?{}", count + after);
        bound.extend_from_slice(added);
        let condition =
            condition.replace(FIRST_ADDED, &number(1)).replace(SECOND_ADDED, &number(2));
        let sql = format!("{select} {list}{condition}");
        found.extend(tx.query_all(&sql, &bound, |row| row.get::<Uuid>(0))?);
    }
    Ok(found)
}

/// Lists resources that were sent, in the order of their local ids, after this one.
pub fn list_sent(
    tx: &mut Tx<'_>,
    provider_id: ScimProviderId,
    kind: ProvisionedKind,
    after: Uuid,
    limit: i64,
) -> Result<Vec<SentResource>, StoreError> {
    tx.query_all(LIST, params![provider_id, kind.as_str(), after, limit], read_sent)
}

/// Notes a resource that was sent.
pub fn put(
    tx: &mut Tx<'_>,
    provider_id: ScimProviderId,
    kind: ProvisionedKind,
    sent: &SentResource,
) -> Result<(), StoreError> {
    let SentResource { local_id, remote_id, digest, is_adopted } = sent;
    let params = params![provider_id, kind.as_str(), local_id, remote_id, digest, is_adopted];
    tx.execute(PUT, params)?.expect_rows(1)
}

/// Forgets a resource, since the endpoint no longer has it. It may never have been noted.
pub fn delete(
    tx: &mut Tx<'_>,
    provider_id: ScimProviderId,
    kind: ProvisionedKind,
    local_id: Uuid,
) -> Result<(), StoreError> {
    tx.execute(DELETE, params![provider_id, kind.as_str(), local_id]).map(drop)
}

/// Forgets everything that was sent to a provider, such as before another endpoint.
pub fn delete_of_provider(tx: &mut Tx<'_>, provider_id: ScimProviderId) -> Result<(), StoreError> {
    tx.execute(DELETE_OF_PROVIDER, params![provider_id]).map(drop)
}

fn read_sent(row: &Row<'_>) -> Result<SentResource, StoreError> {
    Ok(SentResource {
        local_id: row.get(0)?,
        remote_id: row.get(1)?,
        digest: row.get(2)?,
        is_adopted: row.get(3)?,
    })
}

fn read_user(row: &Row<'_>) -> Result<UserToProvision, StoreError> {
    let user = users::read(row, 0)?;
    let at = users::COLUMNS;
    let sent = match (row.get(at)?, row.get(at + 1)?, row.get(at + 2)?) {
        (Some(remote_id), Some(digest), Some(is_adopted)) => {
            Some(SentResource { local_id: user.id.0, remote_id, digest, is_adopted })
        }
        _ => None,
    };
    Ok(UserToProvision { user, sent })
}
