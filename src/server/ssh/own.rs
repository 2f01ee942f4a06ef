//! `/api/users/me/ssh-certificates`: the user's own certificates.

use crate::{
    model::SshCertificateId,
    operations::{Noun, Refusal, ssh::certificates},
    server::http::{ApiError, Request, Response},
};

/// Lists the user's SSH certificates that are good.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let (user_id, now) = (req.who.user.id, req.head.now);
    let list = req.app.store().read(move |tx| certificates::list_of_user(tx, user_id, now));
    Ok(Response::json(&list.await?))
}

/// Revokes one of the user's SSH certificates.
pub(super) async fn revoke(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let id: SshCertificateId = id.parse().map_err(|_| Refusal::NotFound(Noun::SshCertificate))?;
    let user_id = req.who.user.id;
    req.act(id, move |act, id| certificates::revoke_own(act, user_id, *id)).await?;
    Ok(Response::no_content())
}
