//! `GET /scim/v2/Users/{id}` (RFC 7644 §3.4.1)

use super::load;
use crate::server::{
    http::{Request, Response, ScimError},
    scim_server::answer::{base, resource},
};

/// Shows a user.
pub(in crate::server::scim_server) async fn show(
    req: Request,
    id: String,
) -> Result<Response, ScimError> {
    let req = req.require_scim().await?;
    let id = load::id(&id)?;
    let (token, base, now) = (req.who.token.id, base(&req.app), req.head.now);
    let found = req.app.store().read(move |tx| {
        let user = load::find(tx, id)?;
        Ok::<_, ScimError>(load::resource(tx, token, &user, &base, now)?)
    });
    Ok(resource(&req.head, found.await?))
}
