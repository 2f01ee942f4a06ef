//! `PUT /api/user-groups/{id}/allowed-oidc-clients`

use std::collections::BTreeSet;

use serde::Deserialize;

use super::{id, load};
use crate::{
    model::ClientId,
    operations::groups,
    server::{
        guarded::{Asker, ssh_access::SshGate},
        http::{ApiError, Request, Response, api_error::FieldError},
    },
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["oidcClientIds"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct Clients {
    oidc_client_ids: Option<Vec<String>>,
}

/// Replaces the clients that a group may use. Ignores unknown client ids (Pocket ID 2.14).
pub(super) async fn replace(req: Request, group_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Clients>().await?;
    let id = id(&group_id)?;
    let ids = req.body.oidc_client_ids.as_ref();
    let ids =
        ids.ok_or_else(|| ApiError::validation(vec![FieldError::required("oidcClientIds")]))?;
    let wanted: BTreeSet<ClientId> = ids.iter().filter_map(|id| id.parse().ok()).collect();
    let asker = Asker::of(&req);
    let replaced = req.act(wanted, move |act, wanted| {
        let group = groups::require(act, id)?;
        let gate = SshGate::read(act)?;
        groups::set_clients(act, &group, wanted)?;
        gate.allow_change(act, &asker)?;
        let now = act.now();
        Ok::<_, ApiError>(load(act, group, now)?)
    });
    Ok(Response::json(&replaced.await?))
}
