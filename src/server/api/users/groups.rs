//! `/api/users/{id}/groups` and `/api/users/{id}/user-groups`

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{super::membership_ends, id, load, view};
use crate::{
    model::{
        GroupId,
        view::{GroupParts, GroupWithUsersView},
    },
    operations::{self, Refusal, users},
    server::{
        guarded::{Asker, ssh_access::allow_membership},
        http::{ApiError, Request, Response, api_error::FieldError},
    },
    store::{groups, memberships},
};

/// `GET`: lists the groups of a user, without the users, claims and clients of each group
/// (Pocket ID 2.14).
pub(super) async fn list(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, now) = (id(&user_id)?, req.head.now);
    let found = req.app.store().read(move |tx| {
        users::require(tx, id)?;
        let ends = memberships::ends_of_user(tx, id, now)?;
        Ok::<_, Refusal>((groups::list_of_user(tx, id, now)?, ends))
    });
    let (groups, ends) = found.await?;
    let groups = groups.into_iter().map(|group| {
        let end = ends.get(&group.id).map(|end| (id, *end));
        GroupWithUsersView::of(&GroupParts {
            group,
            users: vec![],
            ends: end.into_iter().collect(),
            claims: vec![],
            clients: vec![],
        })
    });
    Ok(Response::json(&groups.collect::<Vec<_>>()))
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["userGroupIds"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct Groups {
    user_group_ids: Option<Vec<String>>,
    /// When memberships in these groups end. Those that are not here keep their end.
    memberships: Option<Vec<MembershipBody>>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "GroupMembershipBody"))]
#[serde(rename_all = "camelCase")]
struct MembershipBody {
    user_group_id: String,
    /// The time; null for a membership that does not end.
    expires_at: Option<String>,
}

/// `PUT`: replaces the groups of a user, and sets when memberships end. Ignores unknown group ids (Pocket ID 2.14).
/// Memberships keep their end unless `memberships` has another one. A user whose membership has ended is added again,
/// without an end. A list that was read before that and is sent afterwards does so, too: send the ends as they were
/// read, and the request is refused then.
pub(super) async fn replace(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Groups>().await?;
    let id = id(&user_id)?;
    let ids = req.body.user_group_ids.as_ref();
    let ids =
        ids.ok_or_else(|| ApiError::validation(vec![FieldError::required("userGroupIds")]))?;
    let wanted: BTreeSet<GroupId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let entries = req.body.memberships.iter().flatten();
    let entries = entries.map(|one| (one.user_group_id.as_str(), one.expires_at.as_deref()));
    let ends = membership_ends::checked("userGroupId", entries, |id| wanted.contains(&id))?;
    let asker = Asker::of(&req);
    let replaced = req.act((wanted, ends), move |act, (wanted, ends)| {
        let now = act.now();
        let user = users::require(act, id)?;
        let old: BTreeSet<_> =
            groups::list_of_user(act, id, now)?.iter().map(|group| group.id).collect();
        // A later end is more than the user has, too.
        let more = wanted.difference(&old).chain(ends.keys()).copied();
        allow_membership(act, &asker, more)?;
        operations::groups::set_groups_of(act, id, wanted)?;
        for (group, end) in ends {
            if let Some(group) = groups::find(act, *group)? {
                operations::groups::set_end(act, &group, &user, *end)?;
            }
        }
        Ok::<_, ApiError>(load(act, user, now)?)
    });
    Ok(Response::json(&view(&replaced.await?)))
}
