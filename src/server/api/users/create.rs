//! `POST /api/users`

use hyper::StatusCode;

use super::body::UserBody;
use crate::{
    model::view::UserView,
    operations::users,
    server::{
        guarded::{
            Asker, GuardedChange,
            ssh_access::{allow_newcomer, note_given_name},
        },
        http::{ApiError, Request, Response},
    },
};

/// Creates an account. It gets the default claims, and the groups in the body or else the default
/// groups.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<UserBody>().await?;
    let config = req.app.config();
    let draft = req.body.check(&config)?.into_draft();
    let input = (draft, req.body.welcome(&config));
    let asker = Asker::of(&req);
    let created = req.act(input, move |act, (draft, welcome)| {
        if draft.is_admin {
            // One proof is enough for all of it.
            GuardedChange::ChangeAdministrators.allow(act, &asker)?;
        } else {
            allow_newcomer(act, &asker, welcome.groups.iter().copied())?;
        }
        let user = users::create(act, draft, None)?;
        note_given_name(act, &asker, &user)?;
        let groups = users::welcome(act, &user, welcome)?;
        Ok::<_, ApiError>(UserView::of(&user, &groups))
    });
    Ok(Response::json(&created.await?).status(StatusCode::CREATED))
}
