//! Lists: by the query of an address, or by a search request (RFC 7644 §3.4.2, §3.4.3).

use super::{
    answer::{self, base},
    body::{json, query},
    caller::{ScimCaller, line_up},
    page::{FoundPage, Viewer},
};
use crate::{
    scim::ListRequest,
    server::http::{Authorised, Request, Response, ScimError},
    store::Tx,
};

/// Finds a page of some resources.
type FindPage = fn(&mut Tx<'_>, &Viewer, &ListRequest) -> Result<FoundPage, ScimError>;

/// Answers a request whose parameters are in the address.
pub(super) async fn by_query(req: Request, find: FindPage) -> Result<Response, ScimError> {
    let req = req.require_scim().await?;
    let asked = ListRequest::of_query(&query(&req.head))?;
    respond(&req, asked, find).await
}

/// Answers a request whose parameters are in the body.
pub(super) async fn by_search(req: Request, find: FindPage) -> Result<Response, ScimError> {
    let (req, body) = json(req.require_scim().await?).await?;
    let asked = ListRequest::of_search(&body)?;
    respond(&req, asked, find).await
}

/// Lists may read many rows, so they wait in a queue.
async fn respond<B>(
    req: &Authorised<ScimCaller, B>,
    asked: ListRequest,
    find: FindPage,
) -> Result<Response, ScimError> {
    let viewer = Viewer { token: req.who.token.id, base: base(&req.app), now: req.head.now };
    let (offset, projection) = (asked.offset, asked.projection.clone());
    let place = line_up(req, req.app.lists())?;
    let page = place.read(req.app.store(), move |tx| find(tx, &viewer, &asked)).await?;
    Ok(answer::list(page.resources, page.total, offset, &projection))
}
