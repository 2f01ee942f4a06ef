//! `/api/ssh-users`: users whose name and passkeys an administrator looks at.

use serde::Deserialize;

use crate::{
    model::{Timestamp, UserId, text::TextError, view::SshUserView},
    operations::{
        Noun, Refusal,
        ssh::users::{self, SeenSshUser},
    },
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response, list_query},
    },
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["username"])))]
#[serde(rename_all = "camelCase")]
pub(super) struct ConfirmBody {
    /// The username that the administrator looked at. Refused when the user has another one by now.
    #[serde(default)]
    username: String,
    /// `heldAt` of the user, as it was shown. Refused when another passkey waits by now.
    #[serde(default)]
    held_at: Option<String>,
}

impl ConfirmBody {
    fn held_at(&self) -> Result<Option<Timestamp>, ApiError> {
        let invalid = || TextError::format("must be a time as it was shown");
        let held_at = self.held_at.as_deref().map(str::parse).transpose();
        held_at.map_err(|_| ApiError::field("heldAt", invalid()))
    }
}

fn id(text: &str) -> Result<UserId, ApiError> {
    super::super::id(text, || Refusal::NotFound(Noun::User).into())
}

/// Lists a page of the users who may enter accounts of hosts, and of those who wait for an administrator.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let now = req.head.now;
    let page = req.page(move |tx, query| users::shown_page(tx, query, now)).await?;
    Ok(list_query::respond(&page, SshUserView::clone))
}

/// Shows which accounts of hosts a user may enter, and whether they wait for an administrator.
pub(super) async fn show(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (id, now) = (id(&user_id)?, req.head.now);
    Ok(Response::json(&req.app.store().read(move |tx| users::shown(tx, id, now)).await?))
}

/// Confirms the username and the passkeys of a user: `{username}` is good for this name from now on, and
/// they get certificates.
pub(super) async fn confirm(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<ConfirmBody>().await?;
    let id = id(&user_id)?;
    let seen = SeenSshUser { username: req.body.username.clone(), held_at: req.body.held_at()? };
    let asker = Asker::of(&req);
    let confirmed = req.act(seen, move |act, seen| {
        GuardedChange::GrantSshAccess.allow_no_program(act, &asker)?;
        users::confirm(act, id, Some(seen))?;
        let now = act.now();
        Ok::<_, ApiError>(users::shown(act, id, now)?)
    });
    Ok(Response::json(&confirmed.await?))
}

/// Takes certificates from a user: those that they have are revoked, and they get none until they are
/// confirmed again.
pub(super) async fn withdraw(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let withdrawn = req.act(id(&user_id)?, |act, id| {
        users::withdraw(act, *id)?;
        let now = act.now();
        users::shown(act, *id, now)
    });
    Ok(Response::json(&withdrawn.await?))
}
