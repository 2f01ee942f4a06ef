//! `PUT` and `DELETE /api/apis/{id}/clients/{clientId}`

use serde::Deserialize;

use super::{client_id, id, keys, require_client};
use crate::{
    model::{Api, ApiGrant, ClientId, ClientType, view::ApiClientGrantView},
    operations::{
        Refusal,
        apis::{self, AccessDraft},
    },
    server::http::{ApiError, Request, Response},
    store,
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct Access {
    #[serde(default)]
    user_delegated_access: bool,
    #[serde(default)]
    client_access: bool,
    #[serde(default)]
    user_delegated_permission_ids: Vec<String>,
    #[serde(default)]
    client_permission_ids: Vec<String>,
}

/// The input of the operation.
struct Input {
    client_id: ClientId,
    access: Access,
}

/// Replaces a client's access to an API and responds with the resulting access. A permission
/// implies access, and a public client gets no access for itself (Pocket ID 2.14).
pub(super) async fn replace(
    req: Request,
    api_id: String,
    client: String,
) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Access>().await?;
    let id = id(&api_id)?;
    let (req, access) = req.take_body();
    let input = Input { client_id: client_id(&client)?, access };
    let replaced = req.act(input, move |act, Input { client_id, access }| {
        let api = apis::require(act, id)?;
        let client = require_client(act, client_id)?;
        let may_act_for_itself = client.client_type == ClientType::Confidential;
        let wanted = AccessDraft {
            client: access.for_itself(&api).filter(|_| may_act_for_itself),
            user: access.for_users(&api),
        };
        apis::set_access(act, id, &client, &wanted)?;
        let grants = store::apis::list_grants_of(act, id, client_id)?;
        Ok::<_, Refusal>((api, grants))
    });
    let (api, grants): (Api, Vec<ApiGrant>) = replaced.await?;
    Ok(Response::json(&ApiClientGrantView::of(&api, &grants.iter().collect::<Vec<_>>())))
}

/// Revokes a client's access to an API.
pub(super) async fn delete(
    req: Request,
    api_id: String,
    client: String,
) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&api_id)?;
    let deleted = req.act(client_id(&client)?, move |act, client_id| {
        apis::require(act, id)?;
        let client = require_client(act, client_id)?;
        apis::revoke(act, id, &client)
    });
    deleted.await?;
    Ok(Response::no_content())
}

type Keys = std::collections::BTreeSet<crate::model::ScopeName>;

impl Access {
    fn for_itself(&self, api: &Api) -> Option<Keys> {
        let keys = keys(api, &self.client_permission_ids);
        (self.client_access || !keys.is_empty()).then_some(keys)
    }

    fn for_users(&self, api: &Api) -> Option<Keys> {
        let keys = keys(api, &self.user_delegated_permission_ids);
        (self.user_delegated_access || !keys.is_empty()).then_some(keys)
    }
}
