//! `GET /api/ssh-certificates` and `DELETE /api/ssh-certificates/{id}`

use crate::{
    model::{SshCertificateId, view::SshCertificateView},
    operations::{Noun, Refusal, ssh::certificates},
    server::http::{ApiError, Request, Response, list_query},
};

/// Lists a page of the SSH certificates that are good.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let now = req.head.now;
    let page = req.page(move |tx, query| certificates::shown_page(tx, query, now)).await?;
    Ok(list_query::respond(&page, SshCertificateView::clone))
}

/// Revokes an SSH certificate of a user or a host.
pub(super) async fn revoke(req: Request, certificate_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let missing = || Refusal::NotFound(Noun::SshCertificate).into();
    let id: SshCertificateId = super::super::id(&certificate_id, missing)?;
    req.act(id, |act, id| certificates::revoke(act, *id)).await?;
    Ok(Response::no_content())
}
