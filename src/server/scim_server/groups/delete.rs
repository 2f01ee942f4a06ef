//! `DELETE /scim/v2/Groups/{id}` (RFC 7644 §3.6)

use super::load;
use crate::{
    operations::scim_accounts,
    server::{
        http::{Request, Response, ScimError},
        scim_server::answer::{ExpectedVersion, base},
    },
};

/// Deletes a group. The accounts of its members stay.
pub(in crate::server::scim_server) async fn delete(
    req: Request,
    id: String,
) -> Result<Response, ScimError> {
    let req = req.require_scim_change().await?;
    let id = load::id(&id)?;
    let (token, base, expected) =
        (req.who.token.id, base(&req.app), ExpectedVersion::of(&req.head));
    let deleted = req.act((), move |act, ()| {
        let now = act.now();
        let group = load::find(act, id)?;
        expected.check(|| load::resource(act, token, &group, &base, now))?;
        Ok::<_, ScimError>(scim_accounts::delete_group(act, id)?)
    });
    deleted.await?;
    Ok(Response::no_content())
}
