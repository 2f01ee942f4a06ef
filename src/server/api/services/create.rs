//! `POST /api/services`

use hyper::StatusCode;

use super::{body::ServiceBody, view};
use crate::{
    operations::{
        Refusal,
        services::{self, ServiceDraft},
        users::{self, Welcome},
    },
    server::http::{ApiError, Request, Response},
};

/// Creates a service. It gets no default groups and claims, which are for people.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<ServiceBody>().await?;
    let draft = req.body.check()?;
    let input = (draft, Welcome { groups: req.body.groups(), claims: Vec::new() });
    let created = req.act(input, |act, (draft, welcome): &(ServiceDraft, Welcome)| {
        let service = services::create(act, draft)?;
        users::welcome(act, &service.user, welcome)?;
        let now = act.now();
        Ok::<_, Refusal>(view(act, &service, now)?)
    });
    Ok(Response::json(&created.await?).status(StatusCode::CREATED))
}
