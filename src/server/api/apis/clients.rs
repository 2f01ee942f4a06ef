//! `GET /api/apis/{id}/clients`

use super::id;
use crate::{
    model::{ApiGrant, view::ApiClientAccessView},
    operations::{Refusal, apis},
    server::http::{ApiError, Request, Response, list_query},
    store::{self, api_clients},
};

/// Lists a page of the clients that may use an API, with their permissions.
pub(super) async fn list(req: Request, api_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&api_id)?;
    let found = req.page(move |tx, query| {
        let api = apis::require(tx, id)?;
        let page = api_clients::page_of_api(tx, id, query)?;
        let mut grants: Vec<ApiGrant> = Vec::new();
        for client in &page.items {
            grants.extend(store::apis::list_grants_of(tx, id, &client.id)?);
        }
        Ok::<_, Refusal>((api, page, grants))
    });
    let (api, page, grants) = found.await?;
    Ok(list_query::respond(&page, |client| {
        let of_client: Vec<_> = grants.iter().filter(|one| one.client_id == client.id).collect();
        ApiClientAccessView::of(&api, client, &of_client)
    }))
}
