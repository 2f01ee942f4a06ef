//! `PUT /api/oidc/clients/{id}/allowed-user-groups`

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{id, load};
use crate::{
    model::GroupId,
    operations::clients,
    server::{
        guarded::{Asker, ssh_access::SshGate},
        http::{ApiError, Request, Response, api_error::FieldError},
    },
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["userGroupIds"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct AllowedGroups {
    user_group_ids: Option<Vec<String>>,
}

/// Replaces the groups that may use a client. Ignores unknown group ids (Pocket ID 2.14).
pub(super) async fn replace(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<AllowedGroups>().await?;
    let (id, now) = (id(&client_id)?, req.head.now);
    let ids = req.body.user_group_ids.as_ref();
    let ids =
        ids.ok_or_else(|| ApiError::validation(vec![FieldError::required("userGroupIds")]))?;
    let wanted: BTreeSet<GroupId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let asker = Asker::of(&req);
    let replaced = req.act((id, wanted), move |act, (id, wanted)| {
        let client = clients::require(act, id)?;
        let gate = SshGate::read(act)?;
        clients::set_groups(act, &client, wanted)?;
        gate.allow_change(act, &asker)?;
        Ok::<_, ApiError>(load(act, client, now)?.without_groups())
    });
    Ok(Response::json(&replaced.await?))
}
