//! `PUT /api/user-groups/{id}/users`

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{super::membership_ends, id, load};
use crate::{
    model::UserId,
    operations::groups,
    server::{
        guarded::{Asker, ssh_access::allow_membership},
        http::{ApiError, Request, Response, api_error::FieldError},
    },
    store::users,
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["userIds"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct MembersBody {
    user_ids: Option<Vec<String>>,
    /// When memberships of these users end. Those that are not here keep their end.
    memberships: Option<Vec<MembershipBody>>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
struct MembershipBody {
    user_id: String,
    /// The time; null for a membership that does not end.
    expires_at: Option<String>,
}

/// Replaces the members of a group, and sets when memberships end. Ignores unknown user ids (Pocket ID 2.14). Members
/// keep their end unless `memberships` has another one. A user whose membership has ended is added again, without an
/// end. A list that was read before that and is sent afterwards does so, too: send `memberships` as it was read, and
/// the request is refused then.
pub(super) async fn replace(req: Request, group_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<MembersBody>().await?;
    let id = id(&group_id)?;
    let ids = req.body.user_ids.as_ref();
    let ids = ids.ok_or_else(|| ApiError::validation(vec![FieldError::required("userIds")]))?;
    let wanted: BTreeSet<UserId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let entries = req.body.memberships.iter().flatten();
    let entries = entries.map(|one| (one.user_id.as_str(), one.expires_at.as_deref()));
    let ends = membership_ends::checked("userId", entries, |id| wanted.contains(&id))?;
    let asker = Asker::of(&req);
    let replaced = req.act((wanted, ends), move |act, (wanted, ends)| {
        let group = groups::require(act, id)?;
        let mut known = BTreeSet::new();
        for id in wanted {
            known.extend(users::find(act, *id)?.map(|user| user.id));
        }
        let now = act.now();
        let adds = !groups::compare_members(act, &group, &known, now)?.new.is_empty();
        // A later end is more than the user has, too.
        if adds || !ends.is_empty() {
            allow_membership(act, &asker, [group.id])?;
        }
        for user in groups::set_members(act, &group, &known)? {
            if let Some(end) = ends.get(&user.id) {
                groups::set_end(act, &group, &user, *end)?;
            }
        }
        Ok::<_, ApiError>(load(act, group, now)?)
    });
    Ok(Response::json(&replaced.await?))
}
