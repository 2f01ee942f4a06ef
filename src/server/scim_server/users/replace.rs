//! `PUT /scim/v2/Users/{id}` (RFC 7644 §3.5.1)

use super::{change::change, load};
use crate::{
    operations::scim_accounts,
    scim::UserFields,
    server::{
        http::{Request, Response, ScimError},
        scim_server::{
            answer::{ExpectedVersion, base, changed},
            body::json,
        },
    },
};

/// Replaces the attributes of a user. Those that are missing are removed, except `active`.
pub(in crate::server::scim_server) async fn replace(
    req: Request,
    id: String,
) -> Result<Response, ScimError> {
    let (req, body) = json(req.require_scim_change().await?).await?;
    let id = load::id(&id)?;
    let is_verified = req.app.config().emails_verified();
    let (token, base, expected) =
        (req.who.token.id, base(&req.app), ExpectedVersion::of(&req.head));
    let replaced = req.act(body, move |act, body| {
        let now = act.now();
        let before = load::find(act, id)?;
        expected.check(|| load::resource(act, token, &before, &base, now))?;
        let user = UserFields::replacing(!before.disabled, body)?.check()?;
        let update = change(id, &user, is_verified)?;
        let user = scim_accounts::update_user(act, token, &update)?;
        Ok::<_, ScimError>(load::resource(act, token, &user, &base, now)?)
    });
    let replaced = replaced.await?;
    req.app.outbox().notify_one();
    Ok(changed(&req.head, replaced))
}
