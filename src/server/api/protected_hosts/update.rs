//! `PUT /api/protected-hosts/{id}`

use super::{body::ProtectedHostBody, id};
use crate::{
    operations::{
        Change, Refusal,
        protected_hosts::{self, ProtectedHostChange},
    },
    server::http::{ApiError, Request, Response},
};

/// Sets everything of a protected host. Groups that are left out stay.
pub(super) async fn update(req: Request, host_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<ProtectedHostBody>().await?;
    let id = id(&host_id)?;
    let draft = req.body.check()?;
    let change = ProtectedHostChange {
        host: Change::Set(draft.host),
        is_group_restricted: req.body.is_group_restricted().into(),
        groups: req.body.has_groups().then_some(draft.groups).into(),
        headers: Change::Set(draft.headers),
        open_paths: Change::Set(draft.open_paths),
        session_seconds: Change::Set(draft.session_seconds),
        accepts_bearer_tokens: Change::Set(draft.accepts_bearer_tokens),
        accepts_api_keys: Change::Set(draft.accepts_api_keys),
    };
    let issuer = req.app.settings().app_url.as_str().to_owned();
    let updated = req.act((change, issuer), move |act, (change, issuer)| {
        let host = protected_hosts::update(act, id, change, issuer)?;
        Ok::<_, Refusal>(protected_hosts::shown(act, &host)?)
    });
    Ok(Response::json(&updated.await?))
}
