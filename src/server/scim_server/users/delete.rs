//! `DELETE /scim/v2/Users/{id}` (RFC 7644 §3.6)

use super::load;
use crate::{
    operations::scim_accounts,
    server::{
        http::{Request, Response, ScimError},
        scim_server::answer::{ExpectedVersion, base},
    },
    store::batches,
};

/// Deletes an account with all its data. Its grants are deleted first, in batches, since there may be
/// many.
pub(in crate::server::scim_server) async fn delete(
    req: Request,
    id: String,
) -> Result<Response, ScimError> {
    let req = req.require_scim_change().await?;
    let id = load::id(&id)?;
    let (token, base, expected) =
        (req.who.token.id, base(&req.app), ExpectedVersion::of(&req.head));
    let ended = req.act((), move |act, ()| {
        let now = act.now();
        let user = load::find(act, id)?;
        expected.check(|| load::resource(act, token, &user, &base, now))?;
        Ok::<_, ScimError>(scim_accounts::end_access_of_user(act, id)?)
    });
    ended.await?;
    req.app.outbox().notify_one();
    let app = req.app.clone();
    let deletion =
        tokio::task::spawn_blocking(move || batches::delete_grants_of_user(app.store(), id));
    deletion.await.map_err(ScimError::internal)??;
    let deleted =
        req.finish(id, |act, id| Ok::<_, ScimError>(scim_accounts::delete_user(act, *id)?));
    deleted.await?;
    Ok(Response::no_content())
}
