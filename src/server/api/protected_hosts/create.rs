//! `POST /api/protected-hosts`

use hyper::StatusCode;

use super::body::ProtectedHostBody;
use crate::{
    operations::{Refusal, protected_hosts},
    server::http::{ApiError, Request, Response},
};

/// Puts a host behind forward auth.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<ProtectedHostBody>().await?;
    let draft = req.body.check()?;
    let issuer = req.app.settings().app_url.as_str().to_owned();
    let created = req.act((draft, issuer), |act, (draft, issuer)| {
        let host = protected_hosts::create(act, draft, issuer)?;
        Ok::<_, Refusal>(protected_hosts::shown(act, &host)?)
    });
    Ok(Response::json(&created.await?).status(StatusCode::CREATED))
}
