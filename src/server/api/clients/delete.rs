//! `DELETE /api/oidc/clients/{id}`

use std::sync::Arc;

use super::id;
use crate::{
    operations::clients,
    server::{
        guarded::{Asker, ssh_access::allow_deletion},
        http::{ApiError, Request, Response},
    },
    store::batches,
};

/// Deletes a client. Its grants are deleted before it, in batches. Whether the caller may is decided
/// once, before the first batch.
pub(super) async fn delete(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&client_id)?;
    let asker = Asker::of(&req);
    let may = req.act(id.clone(), move |act, id| {
        let client = clients::require_deletable(act, id)?;
        allow_deletion(act, &asker, &client)
    });
    may.await?;
    let (app, wanted) = (Arc::clone(&req.app), id.clone());
    let work = move || batches::delete_grants_of_client(app.store(), &wanted);
    tokio::task::spawn_blocking(work).await.map_err(ApiError::internal)??;
    req.finish(id, clients::delete).await?;
    Ok(Response::no_content())
}
