//! `POST /scim/v2/.search`: users and groups at once (RFC 7644 §3.4.3)

use super::{
    answer::{self, base},
    body::json,
    caller::line_up,
    groups,
    page::Viewer,
    users,
};
use crate::{
    scim::ListRequest,
    server::http::{Request, Response, ScimError},
};

/// Lists users, and then groups.
pub(super) async fn all(req: Request) -> Result<Response, ScimError> {
    let (req, body) = json(req.require_scim().await?).await?;
    let asked = ListRequest::of_search(&body)?;
    let viewer = Viewer { token: req.who.token.id, base: base(&req.app) };
    let (offset, projection) = (asked.offset, asked.projection.clone());
    let place = line_up(&req, req.app.lists())?;
    let found = place.read(req.app.store(), move |tx| {
        let mut page = users::find_page(tx, &viewer, &asked)?;
        let rest = ListRequest {
            offset: asked.offset.saturating_sub(page.total),
            count: asked.count.saturating_sub(page.resources.len()),
            ..asked.clone()
        };
        let groups = groups::find_page(tx, &viewer, &rest)?;
        page.resources.extend(groups.resources);
        page.total += groups.total;
        Ok::<_, ScimError>(page)
    });
    let page = found.await?;
    Ok(answer::list(page.resources, page.total, offset, &projection))
}
