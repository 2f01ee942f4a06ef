//! `POST /api/services`

use hyper::StatusCode;

use super::{body::ServiceBody, view};
use crate::{
    operations::{
        services,
        users::{self, Welcome},
    },
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
};

/// Creates a service. It gets no default groups and claims, which are for people.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<ServiceBody>().await?;
    let (draft, groups) = req.body.check(req.app.issuer())?;
    let welcome = Welcome { groups, claims: Vec::new() };
    let input = (draft, welcome, Asker::of(&req));
    let created = req.act(input, |act, (draft, welcome, asker)| {
        if draft.has_access() {
            GuardedChange::ChangeService.allow(act, asker)?;
        }
        let service = services::create(act, draft)?;
        users::welcome(act, &service.user, welcome)?;
        let now = act.now();
        Ok::<_, ApiError>(view(act, &service, now)?)
    });
    Ok(Response::json(&created.await?).status(StatusCode::CREATED))
}
