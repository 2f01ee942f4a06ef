//! `GET /api/apis/{id}/assignable-clients` and `GET /api/api-access/{clientId}/assignable-apis`

use super::{client_id, id, require_client};
use crate::{
    model::view::{ApiClientView, ApiView},
    operations::{self, Refusal},
    server::http::{ApiError, Request, Response, list_query},
    store::{api_clients, apis},
};

/// Lists a page of the clients that do not use an API yet.
pub(super) async fn clients(req: Request, api_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&api_id)?;
    let page = req.page(move |tx, query| {
        operations::apis::require(tx, id)?;
        Ok::<_, Refusal>(api_clients::page_for_api(tx, id, query)?)
    });
    Ok(list_query::respond(&page.await?, ApiClientView::of))
}

/// Lists a page of the APIs that a client does not use yet.
pub(super) async fn apis(req: Request, client: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = client_id(&client)?;
    let page = req.page(move |tx, query| {
        require_client(tx, &id)?;
        Ok::<_, Refusal>(apis::page_for_client(tx, &id, query)?)
    });
    Ok(list_query::respond(&page.await?, ApiView::of))
}
