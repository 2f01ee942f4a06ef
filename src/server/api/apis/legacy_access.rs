//! `GET` and `PUT /api/api-access/{clientId}` of Pocket ID 2.10 to 2.13. Those versions had
//! permissions, but no access without a permission. Programs written for them still use these
//! endpoints.

use serde::{Deserialize, Serialize};

use super::{client_id, keys, require_client};
use crate::{
    model::{Api, ClientId, ClientType, PermissionId, ScopeName, SubjectType},
    operations::{
        Act, Refusal,
        apis::{self, AccessDraft},
    },
    server::http::{ApiError, Request, Response, api_error::FieldError},
    store::{self, StoreError, Tx},
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["clientPermissionIds", "userDelegatedPermissionIds"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct AccessBody {
    user_delegated_permission_ids: Option<Vec<String>>,
    client_permission_ids: Option<Vec<String>>,
}

/// A client's permissions in all APIs.
#[derive(Debug, Default, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct AccessView {
    user_delegated_permission_ids: Vec<PermissionId>,
    client_permission_ids: Vec<PermissionId>,
}

/// The permission ids of a body, and the client they are for.
struct Input {
    client_id: ClientId,
    for_users: Vec<String>,
    for_itself: Vec<String>,
}

/// Shows the permissions of a client.
pub(super) async fn show(req: Request, client: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = client_id(&client)?;
    let view = req.app.store().read(move |tx| {
        require_client(tx, &id)?;
        Ok::<_, Refusal>(AccessView::load(tx, &id)?)
    });
    Ok(Response::json(&view.await?))
}

/// Replaces a client's permissions.
pub(super) async fn replace(req: Request, client: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<AccessBody>().await?;
    let (req, body) = req.take_body();
    let input = body.check(client_id(&client)?)?;
    let view = req.act(input, |act, input| {
        for api in store::apis::list(act)? {
            input.apply(act, &api)?;
        }
        require_client(act, &input.client_id)?;
        Ok::<_, Refusal>(AccessView::load(act, &input.client_id)?)
    });
    Ok(Response::json(&view.await?))
}

impl AccessBody {
    fn check(self, client_id: ClientId) -> Result<Input, ApiError> {
        match (self.user_delegated_permission_ids, self.client_permission_ids) {
            (Some(for_users), Some(for_itself)) => Ok(Input { client_id, for_users, for_itself }),
            (for_users, for_itself) => {
                let missing = [
                    for_users.is_none().then_some("userDelegatedPermissionIds"),
                    for_itself.is_none().then_some("clientPermissionIds"),
                ];
                let missing = missing.into_iter().flatten().map(FieldError::required);
                Err(ApiError::validation(missing.collect()))
            }
        }
    }
}

impl Input {
    /// Updates the client's access to one API. Access without any permission was granted by a newer
    /// program, and is kept.
    fn apply(&self, act: &mut Act<'_, '_>, api: &Api) -> Result<(), Refusal> {
        let client = require_client(act, &self.client_id)?;
        let old = store::apis::list_grants_of(act, api.id, &client.id)?;
        let mut wanted = AccessDraft::default();
        for subject in SubjectType::ALL {
            let ids = match subject {
                SubjectType::Client if client.client_type == ClientType::Public => continue,
                SubjectType::Client => &self.for_itself,
                SubjectType::User => &self.for_users,
            };
            let stays = old
                .iter()
                .any(|grant| grant.subject_type == subject && grant.permissions.is_empty());
            let keys = keys(api, ids);
            *wanted.on_behalf_of(subject) = (stays || !keys.is_empty()).then_some(keys);
        }
        apis::set_access(act, api.id, &client, &wanted)?;
        Ok(())
    }
}

impl AccessView {
    fn load(tx: &mut Tx<'_>, client_id: &ClientId) -> Result<Self, StoreError> {
        let mut view = Self::default();
        for api in store::apis::list_of_client(tx, client_id)? {
            for grant in store::apis::list_grants_of(tx, api.id, client_id)? {
                let id = |key: &ScopeName| Some(api.permission(key)?.id);
                view.on_behalf_of(grant.subject_type)
                    .extend(grant.permissions.iter().filter_map(id));
            }
        }
        Ok(view)
    }

    fn on_behalf_of(&mut self, subject: SubjectType) -> &mut Vec<PermissionId> {
        match subject {
            SubjectType::Client => &mut self.client_permission_ids,
            SubjectType::User => &mut self.user_delegated_permission_ids,
        }
    }
}
