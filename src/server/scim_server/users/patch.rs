//! `PATCH /scim/v2/Users/{id}` (RFC 7644 §3.5.2)

use super::{change::change, load};
use crate::{
    operations::scim_accounts,
    scim::{UserFields, patch_steps},
    server::{
        http::{Request, Response, ScimError},
        scim_server::{
            answer::{ExpectedVersion, base, changed},
            body::json,
        },
    },
    store::scim_ids,
};

/// Changes some attributes of a user: all that the request says, or nothing.
pub(in crate::server::scim_server) async fn patch(
    req: Request,
    id: String,
) -> Result<Response, ScimError> {
    let (req, body) = json(req.require_scim_change().await?).await?;
    let (id, steps) = (load::id(&id)?, patch_steps(&body)?);
    let is_verified = req.app.config().emails_verified();
    let (token, base, expected) =
        (req.who.token.id, base(&req.app), ExpectedVersion::of(&req.head));
    let patched = req.act(steps, move |act, steps| {
        let now = act.now();
        let before = load::find(act, id)?;
        expected.check(|| load::resource(act, token, &before, &base, now))?;
        let external_id = scim_ids::USERS.of(act, token, id)?;
        let mut fields = UserFields::of(&before, external_id.as_deref());
        for step in steps {
            fields.apply(step)?;
        }
        let user = fields.check()?;
        let update = change(id, &user, is_verified)?;
        let user = scim_accounts::update_user(act, token, &update)?;
        Ok::<_, ScimError>(load::resource(act, token, &user, &base, now)?)
    });
    let patched = patched.await?;
    req.app.outbox().notify_one();
    Ok(changed(&req.head, patched))
}
