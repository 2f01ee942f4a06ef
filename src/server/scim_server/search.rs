//! `POST /scim/v2/.search`: users and groups at once (RFC 7644 §3.4.3)

use super::{
    groups,
    list::by_search,
    page::{FoundPage, Viewer},
    users,
};
use crate::{
    scim::ListRequest,
    server::http::{Request, Response, ScimError},
    store::Tx,
};

/// Lists users, and then groups.
pub(super) async fn all(req: Request) -> Result<Response, ScimError> {
    by_search(req, page).await
}

fn page(tx: &mut Tx<'_>, viewer: &Viewer, asked: &ListRequest) -> Result<FoundPage, ScimError> {
    let mut page = users::find_page(tx, viewer, asked)?;
    let rest = ListRequest {
        offset: asked.offset.saturating_sub(page.total),
        count: asked.count.saturating_sub(page.resources.len()),
        ..asked.clone()
    };
    let groups = groups::find_page(tx, viewer, &rest)?;
    page.resources.extend(groups.resources);
    page.total += groups.total;
    Ok(page)
}
