//! `GET /api/protected-hosts/{id}/proxy/{proxy}`

use super::id;
use crate::{
    forward_auth::{ProxyEnds, ProxyKind},
    operations::protected_hosts,
    server::http::{ApiError, Request, Response},
};

/// Shows the lines that protect a host in a proxy: `caddy`, `nginx` or `traefik`. The addresses in them are those on one
/// machine.
pub(super) async fn lines(
    req: Request,
    host_id: String,
    proxy: String,
) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&host_id)?;
    let kind = ProxyKind::parse(&proxy).ok_or_else(|| ApiError::not_found("Proxy"))?;
    let host = req.app.store().read(move |tx| protected_hosts::require(tx, id)).await?;
    let ends = ProxyEnds::local(req.app.settings().listen.port());
    Ok(Response::bytes("text/plain; charset=utf-8", kind.lines(&host, &ends)))
}
