//! `/api/users/{id}/asserted-subjects`: the subjects of trusted issuers that stand for a user. Pocket ID accepts no
//! assertions of others.

use super::id;
use crate::{
    model::{AssertedSubjectId, view::AssertedSubjectView},
    operations::{Noun, Refusal, asserted_subjects, users},
    server::{
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response},
    },
};

/// `GET`: lists the subjects of trusted issuers that stand for a user, by issuer: one for each issuer, and at most
/// 1,000.
pub(super) async fn list(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&user_id)?;
    let found = req.app.store().read(move |tx| asserted_subjects::list(tx, id)).await?;
    Ok(Response::json(&found.iter().map(AssertedSubjectView::of).collect::<Vec<_>>()))
}

/// `DELETE .../{subject}`: forgets that a subject of an issuer stands for a user, and ends the tokens that
/// applications got with it. The next assertion about the user is their first one again.
pub(super) async fn remove(
    req: Request,
    user_id: String,
    subject: String,
) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&user_id)?;
    let missing = || Refusal::NotFound(Noun::AssertedSubject);
    let subject: AssertedSubjectId = subject.parse().map_err(|_| missing())?;
    let asker = Asker::of(&req);
    let removed = req.act(subject, move |act, subject| {
        let user = users::require(act, id)?;
        GuardedChange::RemoveAssertedSubject.allow_to_admin(act, &asker, &user)?;
        Ok::<_, ApiError>(asserted_subjects::remove(act, id, *subject)?)
    });
    removed.await?;
    Ok(Response::no_content())
}
