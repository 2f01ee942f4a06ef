//! `GET /api/ssh/krl`

use hyper::{
    StatusCode,
    header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH},
};

use super::cache::CachedKrl;
use crate::{
    crypto::Digest,
    model::Timestamp,
    operations::ssh::{SshRefusal, certificates::revoked},
    server::{
        App,
        http::{ApiError, Request, Response},
    },
    store::ssh_certificates,
};

/// How many certificates are noted as revoked at a time.
const NOTED_AT_ONCE: i64 = 1_000;

/// The key revocation list for `RevokedKeys` of `sshd_config`: certificates whose user was disabled or
/// lost an account, whose sign-in was ended, and those that were revoked.
pub(super) async fn krl(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let now = req.head.now;
    let cached = match req.app.ssh_krl().fresh(now) {
        Some(cached) => cached,
        None => read(&req.app, now).await?,
    };
    let is_known = req.head.header(IF_NONE_MATCH.as_str()) == Some(cached.version.as_str());
    let answer = if is_known {
        Response::empty(StatusCode::NOT_MODIFIED)
    } else {
        Response::bytes("application/octet-stream", cached.krl)
    };
    // Whatever stands between must ask each time: a certificate may have been revoked just now.
    Ok(answer.header(ETAG, &cached.version).header(CACHE_CONTROL, "no-cache"))
}

async fn read(app: &App, now: Timestamp) -> Result<CachedKrl, ApiError> {
    let _turn = app.ssh_krl().turn().await;
    if let Some(cached) = app.ssh_krl().fresh(now) {
        return Ok(cached);
    }
    let list = app.store().read(move |tx| revoked(tx, now)).await?;
    let list = list.ok_or(SshRefusal::NotEnabled)?;
    if !list.is_noted {
        note(app, now).await;
    }
    let version = Digest::of(list.to_krl(Timestamp::from_unix(0)));
    let version = format!("\"{}\"", version.hex());
    let cached = CachedKrl { read_at: now, krl: list.to_krl(now).into(), version };
    app.ssh_krl().keep(cached.clone());
    Ok(cached)
}

/// Notes revoked certificates. If that fails, hosts get the list nevertheless, and the next one tries again.
async fn note(app: &App, now: Timestamp) {
    let noted = app.store().write(move |tx| ssh_certificates::note_revoked(tx, now, NOTED_AT_ONCE));
    if let Err(error) = noted.await {
        tracing::warn!(%error, "cannot note revoked SSH certificates");
    }
}
