//! Finds the groups of a page.

use super::{
    super::{
        answer::ScimResource,
        page::{FoundPage, Viewer, Window, select},
    },
    load,
};
use crate::{
    model::Group,
    scim::{ListRequest, Lookup, ScimFilter, SeenGroup},
    server::http::ScimError,
    store::{StoreError, Tx, groups, scim_ids},
};

/// How many groups are looked at together.
const PART: i64 = 200;
/// After how many members a page ends, even if it has fewer groups than asked for
/// (RFC 7644 §3.4.2.4).
const MAX_MEMBERS_OF_PAGE: usize = 20_000;

/// Reads a page. A filter that an index helps with is quick; for others each group is looked at.
pub(in crate::server::scim_server) fn page(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    asked: &ListRequest,
) -> Result<FoundPage, ScimError> {
    let (found, total) =
        select(tx, asked, groups::slice, |tx, filter, window| {
            match candidates(tx, viewer, filter)? {
                Some(some) => sift(tx, viewer, filter, some, window),
                None => scan(tx, viewer, filter, window),
            }
        })?;
    let wants_members = asked.projection.wants("members");
    let resources = resources(tx, viewer, &found, wants_members)?;
    Ok(FoundPage { resources, total })
}

/// The groups that an index finds; `None` if it cannot help. There are not so many groups that their
/// names need one.
fn candidates(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    filter: &ScimFilter,
) -> Result<Option<Vec<Group>>, StoreError> {
    let id = match filter.lookup() {
        Some(Lookup::ExternalId(text)) => scim_ids::GROUPS.find(tx, viewer.token, &text)?,
        Some(Lookup::Id(text)) => text.parse().ok(),
        Some(Lookup::Member(text)) => {
            return match text.parse() {
                Ok(user) => groups::list_of_user(tx, user, viewer.now).map(Some),
                Err(_) => Ok(Some(Vec::new())),
            };
        }
        Some(Lookup::DisplayName(_) | Lookup::Email(_) | Lookup::UserName(_)) | None => {
            return Ok(None);
        }
    };
    match id {
        Some(id) => Ok(Some(groups::find(tx, id)?.into_iter().collect())),
        None => Ok(Some(Vec::new())),
    }
}

/// Looks at every group, in parts, so that only those of the page are in memory.
fn scan(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    filter: &ScimFilter,
    window: &mut Window<Group>,
) -> Result<(), ScimError> {
    let mut offset = 0;
    loop {
        let (part, total) = groups::slice(tx, offset, PART)?;
        sift(tx, viewer, filter, part, window)?;
        offset += PART;
        if offset >= total {
            return Ok(());
        }
        window.check_time()?;
    }
}

fn sift(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    filter: &ScimFilter,
    groups: Vec<Group>,
    window: &mut Window<Group>,
) -> Result<(), ScimError> {
    let has_members = filter.names("members");
    let ids: Vec<_> = groups.iter().map(|group| group.id).collect();
    let external_ids = scim_ids::GROUPS.of_all(tx, viewer.token, &ids)?;
    for group in groups {
        let members =
            if has_members { load::members(tx, group.id, viewer.now)? } else { Vec::new() };
        let external_id = external_ids.get(&group.id).map(String::as_str);
        let seen = SeenGroup { group: &group, external_id, members: &members };
        if filter.matches(&seen.attributes(&viewer.base)) {
            window.add(group);
        }
        if has_members {
            window.check_time()?;
        }
    }
    Ok(())
}

/// The resources of a page, as far as their members fit. Those without members have no version, which depends
/// on the members.
fn resources(
    tx: &mut Tx<'_>,
    viewer: &Viewer,
    groups: &[Group],
    wants_members: bool,
) -> Result<Vec<ScimResource>, ScimError> {
    let ids: Vec<_> = groups.iter().map(|group| group.id).collect();
    let external_ids = scim_ids::GROUPS.of_all(tx, viewer.token, &ids)?;
    let (mut resources, mut count) = (Vec::new(), 0);
    for group in groups {
        let external_id = external_ids.get(&group.id).map(String::as_str);
        if !wants_members {
            let seen = SeenGroup { group, external_id, members: &[] };
            resources.push(seen.attributes(&viewer.base));
            continue;
        }
        let members = load::members(tx, group.id, viewer.now)?;
        count += members.len();
        if count > MAX_MEMBERS_OF_PAGE && !resources.is_empty() {
            break;
        }
        resources.push(SeenGroup { group, external_id, members: &members }.resource(&viewer.base));
    }
    Ok(resources)
}
