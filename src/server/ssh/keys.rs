//! `GET /api/ssh/user-ca.pub` and `GET /api/ssh/host-ca.pub`

use hyper::header::CACHE_CONTROL;

use crate::{
    crypto::ssh::SshCertificateKind,
    operations::ssh::{self, SshRefusal},
    server::http::{ApiError, Request, Response},
};

/// The keys that sign certificates of users, as a file for `TrustedUserCAKeys`.
pub(super) async fn user(req: Request) -> Result<Response, ApiError> {
    lines(req, SshCertificateKind::User).await
}

/// The keys that sign certificates of hosts, as lines for `known_hosts`.
pub(super) async fn host(req: Request) -> Result<Response, ApiError> {
    lines(req, SshCertificateKind::Host).await
}

async fn lines(req: Request, kind: SshCertificateKind) -> Result<Response, ApiError> {
    let req = req.public();
    let keys = req.app.store().read(ssh::ca_keys::all).await?;
    if !keys.iter().any(|key| key.kind == kind && key.removed_at.is_none()) {
        return Err(SshRefusal::NotEnabled.into());
    }
    let lines = crate::ssh::trusted_lines(&keys, kind, &req.app.config().ssh_host_domains());
    // With a cached copy from before a rotation, good certificates would be refused.
    Ok(Response::bytes("text/plain; charset=utf-8", lines).header(CACHE_CONTROL, "no-cache"))
}
