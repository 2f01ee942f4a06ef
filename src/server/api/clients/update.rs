//! `PUT /api/oidc/clients/{id}`

use super::{body::ClientBody, id, load, logo_urls};
use crate::{
    operations::{Refusal, clients},
    server::{
        guarded::{Asker, GuardedChange, ssh_access::SshGate},
        http::{ApiError, Request, Response},
    },
};

/// Updates all settings of a client that Pocket ID knows. Settings that come from a client's own
/// metadata document stay unchanged, and so do our own settings that the body omits.
pub(super) async fn update(req: Request, client_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<ClientBody>().await?;
    let (id, now) = (id(&client_id)?, req.head.now);
    let change = req.body.change(req.app.issuer())?;
    let change = if id.is_url() { change.without_what_a_document_says() } else { change };
    let asker = Asker::of(&req);
    let updated = req.act((id.clone(), change, asker), |act, (id, change, asker)| {
        if change.adds_trust(&clients::require(act, id)?.trusted_issuers) {
            GuardedChange::TrustIssuer.allow(act, asker)?;
        }
        let gate = SshGate::read(act)?;
        let client = clients::update(act, id, change)?;
        gate.allow_change(act, asker)?;
        Ok::<_, ApiError>(client)
    });
    updated.await?;
    logo_urls::download(&req, &id).await?;
    let view = req.app.store().read(move |tx| {
        let client = clients::require(tx, &id)?;
        Ok::<_, Refusal>(load(tx, client, now)?)
    });
    Ok(Response::json(&view.await?))
}
