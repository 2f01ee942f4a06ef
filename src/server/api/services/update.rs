//! `PUT /api/services/{id}`

use super::{body::CredentialsBody, id, view};
use crate::{
    operations::services,
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
};

/// Sets the credentials and clients of a service; those that are left out stay. Its account is changed as that of any
/// user.
pub(super) async fn update(req: Request, service_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<CredentialsBody>().await?;
    let id = id(&service_id)?;
    let change = req.body.check(req.app.issuer())?;
    let asker = Asker::of(&req);
    let updated = req.act((change, asker), move |act, (change, asker)| {
        if change.adds_access(&services::require(act, id)?.identity) {
            GuardedChange::ChangeService.allow(act, asker)?;
        }
        let service = services::update(act, id, change)?;
        let now = act.now();
        Ok::<_, ApiError>(view(act, &service, now)?)
    });
    let updated = updated.await?;
    req.app.outbox().notify_one();
    Ok(Response::json(&updated))
}
