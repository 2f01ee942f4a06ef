//! `/api/users/{id}/grants`: the access that clients have to a user's data. Pocket ID cannot list
//! grants.

use super::id;
use crate::{
    model::{GrantId, view::GrantView},
    operations::{self, Noun, Refusal, users},
    server::http::{ApiError, Request, Response},
    store::live_grants,
};

/// The most grants in the list of a user. A user may have hundreds of thousands.
const MAX_LISTED: i64 = 1_000;

/// `GET`: lists the live grants of a user, by client; at most 1,000.
pub(super) async fn list(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, now) = (id(&user_id)?, req.head.now);
    let found = req.read_in_line(move |tx| {
        users::require(tx, id)?;
        Ok::<_, Refusal>(live_grants::list_some_of_user(tx, id, MAX_LISTED, now)?)
    });
    let grants = found.await?;
    Ok(Response::json(&grants.iter().map(GrantView::of).collect::<Vec<_>>()))
}

/// `DELETE`: revokes all grants of a user and deletes their consents.
pub(super) async fn revoke_all(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let ended = req.act(id(&user_id)?, |act, id| {
        users::require(act, *id)?;
        operations::grants::revoke_all(act, *id, None)
    });
    ended.await?;
    Ok(Response::no_content())
}

/// `DELETE .../{grant}`: revokes one grant.
pub(super) async fn revoke(
    req: Request,
    user_id: String,
    grant: String,
) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&user_id)?;
    let grant: GrantId = grant.parse().map_err(|_| Refusal::NotFound(Noun::Grant))?;
    let revoked = req.act(grant, move |act, grant| {
        let now = act.now();
        users::require(act, id)?;
        let found = live_grants::find(act, *grant, now)?;
        let is_theirs = found.is_some_and(|found| found.user_id == id);
        if !is_theirs {
            return Err(Refusal::NotFound(Noun::Grant));
        }
        operations::grants::revoke(act, *grant)
    });
    revoked.await?;
    Ok(Response::no_content())
}
