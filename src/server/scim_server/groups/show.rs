//! `GET /scim/v2/Groups/{id}` (RFC 7644 §3.4.1)

use super::load;
use crate::server::{
    http::{Request, Response, ScimError},
    scim_server::{
        answer::{base, resource},
        caller::line_up,
    },
};

/// Shows a group. It may have many members, so it is read in the queue for lists.
pub(in crate::server::scim_server) async fn show(
    req: Request,
    id: String,
) -> Result<Response, ScimError> {
    let req = req.require_scim().await?;
    let id = load::id(&id)?;
    let (token, base, now) = (req.who.token.id, base(&req.app), req.head.now);
    let place = line_up(&req, req.app.lists())?;
    let found = place.read(req.app.store(), move |tx| {
        let group = load::find(tx, id)?;
        load::resource(tx, token, &group, &base, now)
    });
    Ok(resource(&req.head, found.await?))
}
