//! `GET /scim/v2/Users` and `POST /scim/v2/Users/.search` (RFC 7644 §3.4.2, §3.4.3)

use super::find;
use crate::{
    scim::ListRequest,
    server::{
        http::{Authorised, Request, Response, ScimError},
        scim_server::{
            answer::{self, base},
            body::{json, query},
            caller::{ScimCaller, line_up},
            page::Viewer,
        },
    },
};

/// Lists users.
pub(in crate::server::scim_server) async fn list(req: Request) -> Result<Response, ScimError> {
    let req = req.require_scim().await?;
    let asked = ListRequest::of_query(&query(&req.head))?;
    respond(&req, asked).await
}

/// Lists users, by a request that is not in the address.
pub(in crate::server::scim_server) async fn search(req: Request) -> Result<Response, ScimError> {
    let (req, body) = json(req.require_scim().await?).await?;
    let asked = ListRequest::of_search(&body)?;
    respond(&req, asked).await
}

async fn respond<B>(
    req: &Authorised<ScimCaller, B>,
    asked: ListRequest,
) -> Result<Response, ScimError> {
    let viewer = Viewer { token: req.who.token.id, base: base(&req.app) };
    let (offset, projection) = (asked.offset, asked.projection.clone());
    let place = line_up(req, req.app.lists())?;
    let page = place.read(req.app.store(), move |tx| find::page(tx, &viewer, &asked)).await?;
    Ok(answer::list(page.resources, page.total, offset, &projection))
}
