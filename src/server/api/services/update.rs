//! `PUT /api/services/{id}`

use super::{body::CredentialsBody, id, view};
use crate::{
    operations::{Refusal, services},
    server::http::{ApiError, Request, Response},
};

/// Sets the credentials and clients of a service; those that are left out stay. Its account is changed as that of any
/// user.
pub(super) async fn update(req: Request, service_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<CredentialsBody>().await?;
    let id = id(&service_id)?;
    let change = req.body.check()?;
    let updated = req.act(change, move |act, change| {
        let service = services::update(act, id, change)?;
        let now = act.now();
        Ok::<_, Refusal>(view(act, &service, now)?)
    });
    Ok(Response::json(&updated.await?))
}
