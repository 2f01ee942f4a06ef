//! `GET /api/api-access/{clientId}/apis`

use super::{client_id, require_client};
use crate::{
    model::view::ClientApiGrantView,
    operations::Refusal,
    server::http::{ApiError, Request, Response},
    store::apis,
};

/// Lists the APIs that a client may use, by name, with its permissions.
pub(super) async fn list(req: Request, client: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = client_id(&client)?;
    let found = req.app.store().read(move |tx| {
        require_client(tx, &id)?;
        let mut views = Vec::new();
        for api in apis::list_of_client(tx, &id)? {
            let grants = apis::list_grants_of(tx, api.id, &id)?;
            let grants: Vec<_> = grants.iter().collect();
            views.push(ClientApiGrantView::of(&api, id.is_url(), &grants));
        }
        Ok::<_, Refusal>(views)
    });
    Ok(Response::json(&found.await?))
}
