//! The list of accounts: sorted, searched, filtered and paged by the database.

use std::collections::BTreeMap;

use super::{
    StoreError, Tx, custom_claims, groups,
    list::{Changes, FilterKind, List, ListPage, ListQuery},
    memberships::{self, is_current},
    users,
};
use crate::model::{CustomClaim, Group, GroupId, Timestamp, User, UserId};

const PAGES: List = List {
    columns: users::columns!(),
    from: "users u",
    condition: None,
    key: "u.id",
    sortable: &[
        ("createdAt", "u.created_at"),
        ("disabled", "u.disabled"),
        ("displayName", "u.display_name"),
        ("email", "u.email_folded"),
        ("emailVerified", "u.email_verified"),
        ("firstName", "u.first_name"),
        ("isAdmin", "u.is_admin"),
        ("lastName", "u.last_name"),
        ("username", "u.username_folded"),
    ],
    order: "u.id",
    filterable: &[
        ("disabled", "u.disabled", FilterKind::Bool),
        ("emailVerified", "u.email_verified", FilterKind::Bool),
        ("isAdmin", "u.is_admin", FilterKind::Bool),
        ("userType", "u.user_type", FilterKind::Text),
    ],
    searched: &["u.search_text"],
    changes: Some(Changes(
        "SELECT COALESCE(MAX(id), 0), COUNT(*), COALESCE(SUM(added), 0)::bigint FROM user_counts",
    )),
};

/// How many accounts are few.
const FEW: i64 = 100;

/// The members of the group `?1`. `?2` is the current time.
const PAGES_OF_GROUP: List = List {
    condition: Some(concat!(
        "u.id IN (SELECT m.user_id FROM group_members m WHERE m.group_id = ?1 AND ",
        is_current!("m", "?2"),
        ")"
    )),
    changes: None,
    ..PAGES
};

/// An account with its groups and claims.
#[derive(Debug)]
pub struct UserParts {
    /// The account.
    pub user: User,
    /// Its groups, by name.
    pub groups: Vec<Group>,
    /// When memberships end, of those that do.
    pub ends: BTreeMap<GroupId, Timestamp>,
    /// Its claims, by name.
    pub claims: Vec<CustomClaim>,
}

/// Lists a page of accounts.
pub fn page(
    tx: &mut Tx<'_>,
    query: &ListQuery,
    now: Timestamp,
) -> Result<ListPage<UserParts>, StoreError> {
    let page = PAGES.page(tx, &[], query, |row| users::read(row, 0))?;
    let ListPage { items, total, page, limit } = page;
    Ok(ListPage { items: with_parts(tx, items, now)?, total, page, limit })
}

/// Lists accounts from a position on, oldest first. Returns them with the number of all accounts.
pub fn slice(tx: &mut Tx<'_>, offset: i64, limit: i64) -> Result<(Vec<User>, i64), StoreError> {
    let query = ListQuery { limit, sort: Some("createdAt".into()), ..ListQuery::default() };
    PAGES.slice(tx, &query, offset, |row| users::read(row, 0))
}

/// Finds accounts that have a text in a name or in the email, if they are few.
pub fn find_few(tx: &mut Tx<'_>, text: &str) -> Result<Option<Vec<User>>, StoreError> {
    let query = ListQuery { limit: FEW, search: Some(text.to_owned()), ..ListQuery::default() };
    let page = PAGES.page(tx, &[], &query, |row| users::read(row, 0))?;
    Ok((page.total <= FEW).then_some(page.items))
}

/// Lists a page of the members of a group, with the ends of those memberships that end.
pub fn page_of_group(
    tx: &mut Tx<'_>,
    group: GroupId,
    query: &ListQuery,
    now: Timestamp,
) -> Result<(ListPage<User>, BTreeMap<UserId, Timestamp>), StoreError> {
    let page = PAGES_OF_GROUP.page(tx, &[&group, &now], query, |row| users::read(row, 0))?;
    let ids: Vec<_> = page.items.iter().map(|user| user.id).collect();
    let ends = memberships::ends_of_users(tx, &ids, now)?.into_iter();
    let ends = ends.filter_map(|(user, ends)| Some((user, *ends.get(&group)?))).collect();
    Ok((page, ends))
}

/// Adds groups, ends of memberships and claims to accounts, with three queries per hundred accounts.
pub fn with_parts(
    tx: &mut Tx<'_>,
    users: Vec<User>,
    now: Timestamp,
) -> Result<Vec<UserParts>, StoreError> {
    let ids: Vec<_> = users.iter().map(|user| user.id).collect();
    let mut groups = groups::list_of_users(tx, &ids, now)?;
    let mut ends = memberships::ends_of_users(tx, &ids, now)?;
    let mut claims = custom_claims::list_of_users(tx, &ids)?;
    let with_parts = |user: User| UserParts {
        groups: groups.remove(&user.id).unwrap_or_default(),
        ends: ends.remove(&user.id).unwrap_or_default(),
        claims: claims.remove(&user.id).unwrap_or_default(),
        user,
    };
    Ok(users.into_iter().map(with_parts).collect())
}
