//! `/api/oidc/users/me/authorized-clients/{client}` (Pocket ID 2.14)

use crate::{
    model::ClientId,
    operations::grants,
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
    store::{Tx, sign_out},
};

/// `DELETE .../me/authorized-clients/{client}`: revokes the client's tokens and the consent. The
/// client has to ask again.
pub(in crate::server) async fn revoke(req: Request, client: String) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let asker = Asker::of(&req);
    let missing = || ApiError::not_found("Client authorization");
    let client_id = ClientId::from_path(&client).ok_or_else(missing)?;
    let (user_id, now) = (req.who.user.id, req.head.now);
    let asked = client_id.clone();
    let has_access = move |tx: &mut Tx<'_>| sign_out::has_access(tx, user_id, &asked, now);
    if !req.app.store().read(has_access).await? {
        return Err(missing());
    }
    req.act(client_id, move |act, client_id| {
        GuardedChange::EndAccessOfApplication.allow(act, &asker)?;
        Ok::<_, ApiError>(grants::end_access(act, user_id, client_id)?)
    })
    .await?;
    Ok(Response::no_content())
}
