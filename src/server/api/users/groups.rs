//! `/api/users/{id}/groups` and `/api/users/{id}/user-groups`

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{id, load, view};
use crate::{
    model::{
        GroupId,
        view::{GroupParts, GroupWithUsersView},
    },
    operations::{self, Refusal, users},
    server::{
        account::{fresh_passkey::AccountCaller, ssh_access::allow_membership},
        http::{ApiError, Request, Response, api_error::FieldError},
    },
    store::groups,
};

/// `GET`: lists the groups of a user, without the users, claims and clients of each group
/// (Pocket ID 2.14).
pub(super) async fn list(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&user_id)?;
    let found = req.app.store().read(move |tx| {
        users::require(tx, id)?;
        Ok::<_, Refusal>(groups::list_of_user(tx, id)?)
    });
    let alone = |group| GroupParts { group, users: vec![], claims: vec![], clients: vec![] };
    let groups = found.await?.into_iter().map(|group| GroupWithUsersView::of(&alone(group)));
    Ok(Response::json(&groups.collect::<Vec<_>>()))
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["userGroupIds"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct Groups {
    user_group_ids: Option<Vec<String>>,
}

/// `PUT`: replaces the groups of a user. Ignores unknown group ids (Pocket ID 2.14).
pub(super) async fn replace(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Groups>().await?;
    let id = id(&user_id)?;
    let ids = req.body.user_group_ids.as_ref();
    let ids =
        ids.ok_or_else(|| ApiError::validation(vec![FieldError::required("userGroupIds")]))?;
    let wanted: BTreeSet<GroupId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let asker = AccountCaller::of(&req);
    let replaced = req.act(wanted, move |act, wanted| {
        let user = users::require(act, id)?;
        let old: BTreeSet<_> =
            groups::list_of_user(act, id)?.iter().map(|group| group.id).collect();
        allow_membership(act, &asker, wanted.difference(&old).copied())?;
        operations::groups::set_groups_of(act, id, wanted)?;
        Ok::<_, ApiError>(load(act, user)?)
    });
    Ok(Response::json(&view(&replaced.await?)))
}
