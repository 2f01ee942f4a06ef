//! `POST /api/oidc/clients`

use hyper::StatusCode;

use super::{body::ClientBody, load, logo_urls};
use crate::{
    operations::clients,
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
};

/// Registers a client, without a secret. If a logo cannot be downloaded, the client is kept all the
/// same (Pocket ID 2.14).
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<ClientBody>().await?;
    let (draft, now) = (req.body.draft(req.app.issuer())?, req.head.now);
    let asker = Asker::of(&req);
    let created = req.act((draft, asker), move |act, (draft, asker)| {
        if draft.settings.adds_trust(&[]) {
            GuardedChange::TrustIssuer.allow(act, asker)?;
        }
        let client = clients::create(act, draft)?.client;
        let id = client.id.clone();
        Ok::<_, ApiError>((id, load(act, client, now)?))
    });
    let (id, view) = created.await?;
    logo_urls::download(&req, &id).await?;
    Ok(Response::json(&view).status(StatusCode::CREATED))
}
