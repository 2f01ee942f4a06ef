//! Finds the users of a page.

use std::collections::BTreeMap;

use super::super::page::{FoundPage, Viewer, Window, select};
use crate::{
    model::{Group, ScimTokenId, User, UserId},
    scim::{ListRequest, Lookup, ScimFilter, SeenUser},
    server::http::ScimError,
    store::{StoreError, Tx, groups, scim_ids, user_list, users},
};

/// How many users are looked at together.
const PART: usize = 1_000;

/// Which belongings of users are needed.
#[derive(Debug, Clone, Copy)]
struct Needs {
    groups: bool,
    external_ids: bool,
}

/// The belongings of some users.
#[derive(Debug, Default)]
struct Belongings {
    groups: BTreeMap<UserId, Vec<Group>>,
    external_ids: BTreeMap<UserId, String>,
}

/// Reads a page. A filter that an index helps with is quick; for others each user is looked at.
pub(in crate::server::scim_server) fn page(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    asked: &ListRequest,
) -> Result<FoundPage, ScimError> {
    let (found, total) =
        select(tx, asked, user_list::slice, |tx, filter, window| {
            match candidates(tx, viewer.token, filter)? {
                Some(some) => sift(tx, viewer, filter, some, window),
                None => scan(tx, viewer, filter, window),
            }
        })?;
    let all = Needs { groups: true, external_ids: true };
    let belongings = Belongings::of(tx, viewer, &found, all)?;
    let resources = found.iter().map(|user| belongings.seen(user).resource(&viewer.base)).collect();
    Ok(FoundPage { resources, total })
}

/// The users whom an index finds; `None` if it cannot help.
fn candidates(
    tx: &mut Tx<'_>,
    token: ScimTokenId,
    filter: &ScimFilter,
) -> Result<Option<Vec<User>>, StoreError> {
    let by_id = |tx: &mut Tx<'_>, id: Option<UserId>| match id {
        Some(id) => Ok(users::find(tx, id)?.into_iter().collect()),
        None => Ok(Vec::new()),
    };
    match filter.lookup() {
        None => Ok(None),
        Some(Lookup::DisplayName(name)) if name.trim().is_empty() => Ok(None),
        Some(Lookup::DisplayName(name)) => user_list::find_few(tx, &name),
        Some(Lookup::Email(text) | Lookup::UserName(text)) => {
            users::find_by_name(tx, &text).map(Some)
        }
        Some(Lookup::ExternalId(text)) => {
            let id = scim_ids::USERS.find(tx, token, &text)?;
            by_id(tx, id).map(Some)
        }
        Some(Lookup::Id(text)) => by_id(tx, text.parse().ok()).map(Some),
        // Users have no members.
        Some(Lookup::Member(_)) => Ok(Some(Vec::new())),
    }
}

/// Looks at every user, in parts, so that only those of the page are in memory.
fn scan(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    filter: &ScimFilter,
    window: &mut Window<User>,
) -> Result<(), ScimError> {
    let mut after = String::new();
    loop {
        let part = users::list_after(tx, &after)?;
        let is_last = part.len() < PART;
        after = part.last().map(|user| user.username.folded()).unwrap_or_default();
        sift(tx, viewer, filter, part, window)?;
        if is_last {
            return Ok(());
        }
        window.check_time()?;
    }
}

fn sift(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    filter: &ScimFilter,
    users: Vec<User>,
    window: &mut Window<User>,
) -> Result<(), ScimError> {
    let needs = Needs { groups: filter.names("groups"), external_ids: filter.names("externalid") };
    let belongings = Belongings::of(tx, viewer, &users, needs)?;
    for user in users {
        if filter.matches(&belongings.seen(&user).attributes(&viewer.base)) {
            window.add(user);
        }
    }
    Ok(())
}

impl Belongings {
    /// Reads the groups, the external ids, both or nothing.
    fn of(
        tx: &mut Tx<'_>,
        viewer: &Viewer,
        users: &[User],
        needs: Needs,
    ) -> Result<Self, StoreError> {
        let ids: Vec<_> = users.iter().map(|user| user.id).collect();
        let mut all = Self::default();
        if needs.groups {
            all.groups = groups::list_of_users(tx, &ids, viewer.now)?;
        }
        if needs.external_ids {
            all.external_ids = scim_ids::USERS.of_all(tx, viewer.token, &ids)?;
        }
        Ok(all)
    }

    fn seen<'a>(&'a self, user: &'a User) -> SeenUser<'a> {
        SeenUser {
            user,
            external_id: self.external_ids.get(&user.id).map(String::as_str),
            groups: self.groups.get(&user.id).map(Vec::as_slice).unwrap_or_default(),
        }
    }
}
