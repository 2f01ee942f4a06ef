//! `/api/users/{id}/profile-picture`: changing it. `server/images.rs` shows it.

use std::mem;

use super::id;
use crate::{
    model::{ProfilePicture, UserId},
    operations::{Refusal, users},
    server::{
        http::{ApiError, Authorised, Request, Response, account::Account, body::Body},
        limiter::{BucketKey, Policy},
    },
};

/// How long an account counts as new, in seconds: a week.
const NEW_SECONDS: i64 = 7 * 86_400;

/// `PUT`: gives a user a picture.
pub(super) async fn set(req: Request, user_id: String) -> Result<Response, ApiError> {
    set_of(req.require_admin().await?, id(&user_id)?).await
}

/// `PUT`: gives oneself a picture.
pub(super) async fn set_own(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let (user, now) = (&req.who.user, req.head.now);
    if !user.is_admin && now < user.created_at.plus(NEW_SECONDS) {
        let limiter = req.app.limiter();
        limiter
            .check_key(Policy::NewPicture, BucketKey::Everybody)
            .map_err(ApiError::rate_limited)?;
    }
    let user_id = user.id;
    set_of(req, user_id).await
}

/// `DELETE`: deletes the picture of a user.
pub(super) async fn delete(req: Request, user_id: String) -> Result<Response, ApiError> {
    delete_of(&req.require_admin().await?, id(&user_id)?).await
}

/// `DELETE`: deletes one's own picture.
pub(super) async fn delete_own(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    let user_id = req.who.user.id;
    delete_of(&req, user_id).await
}

async fn set_of(req: Authorised<Account, Body>, id: UserId) -> Result<Response, ApiError> {
    let mut req = req.file(ProfilePicture::MAX_UPLOAD).await?;
    let upload = mem::take(&mut req.body);
    // Only now, since a body may take its time.
    let turn = req.line_up(req.app.pictures())?.turn().await;
    let picture = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        ProfilePicture::from_upload(&upload)
    });
    let picture = picture.await.map_err(ApiError::internal)?.ok_or(Refusal::ImageInvalid)?;
    req.act(picture, move |act, picture| users::set_picture(act, id, picture)).await?;
    Ok(Response::no_content())
}

async fn delete_of(req: &Authorised<Account, Body>, id: UserId) -> Result<Response, ApiError> {
    req.act(id, |act, id| users::delete_picture(act, *id)).await?;
    Ok(Response::no_content())
}
