//! `POST /scim/v2/Users` (RFC 7644 §3.3)

use super::{change::draft, load};
use crate::{
    operations::{
        scim_accounts::{self, ScimUserDraft},
        users::Welcome,
    },
    scim::UserFields,
    server::{
        http::{Request, Response, ScimError},
        scim_server::{
            answer::{base, created},
            body::json,
        },
    },
};

/// Creates an account, with the groups and claims that new accounts have.
pub(in crate::server::scim_server) async fn create(req: Request) -> Result<Response, ScimError> {
    let (req, body) = json(req.require_scim_change().await?).await?;
    let user = UserFields::of_new(&body)?.check()?;
    let config = req.app.config();
    let groups = config.signup_default_groups();
    let welcome = Welcome { groups, claims: config.signup_default_claims() };
    let external_id = user.external_id.as_ref().map(ToString::to_string);
    let draft = draft(user, config.emails_verified());
    let new = ScimUserDraft { draft, welcome, external_id };
    let (token, base) = (req.who.token.id, base(&req.app));
    let made = req.act(new, move |act, new| {
        let now = act.now();
        let user = scim_accounts::create_user(act, token, new)?;
        Ok::<_, ScimError>(load::resource(act, token, &user, &base, now)?)
    });
    Ok(created(&req.head, made.await?))
}
