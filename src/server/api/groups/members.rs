//! `PUT /api/user-groups/{id}/users`

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{id, load};
use crate::{
    model::UserId,
    operations::groups,
    server::{
        account::{fresh_passkey::AccountCaller, ssh_access::allow_membership},
        http::{ApiError, Request, Response, api_error::FieldError},
    },
    store::users,
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["userIds"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct MembersBody {
    user_ids: Option<Vec<String>>,
}

/// Replaces the members of a group. Ignores unknown user ids (Pocket ID 2.14).
pub(super) async fn replace(req: Request, group_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<MembersBody>().await?;
    let id = id(&group_id)?;
    let ids = req.body.user_ids.as_ref();
    let ids = ids.ok_or_else(|| ApiError::validation(vec![FieldError::required("userIds")]))?;
    let wanted: BTreeSet<UserId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let asker = AccountCaller::of(&req);
    let replaced = req.act(wanted, move |act, wanted| {
        let group = groups::require(act, id)?;
        let mut known = BTreeSet::new();
        for id in wanted {
            known.extend(users::find(act, *id)?.map(|user| user.id));
        }
        if !groups::compare_members(act, &group, &known)?.new.is_empty() {
            allow_membership(act, &asker, [group.id])?;
        }
        groups::set_members(act, &group, &known)?;
        Ok::<_, ApiError>(load(act, group)?)
    });
    Ok(Response::json(&replaced.await?))
}
