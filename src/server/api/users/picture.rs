//! `/api/users/{id}/profile-picture`: changing it. `server/images.rs` shows it.

use std::mem;

use super::id;
use crate::{
    model::{ProfilePicture, UserId},
    operations::{Refusal, users},
    server::{
        http::{ApiError, Authorised, Request, Response, account::Account, body::Body},
        limiter::{BucketKey, Limiter, Policy},
    },
};

/// How long an account counts as new, in seconds: a week.
const NEW_SECONDS: i64 = 7 * 86_400;

/// `PUT`: gives a user a picture.
pub(super) async fn set(req: Request, user_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let id = id(&user_id)?;
    let (req, picture) = read(req).await?;
    store(&req, id, picture).await
}

/// `PUT`: gives oneself a picture.
pub(super) async fn set_own(req: Request) -> Result<Response, ApiError> {
    let req = req.require_account().await?;
    if !req.who.user.is_admin {
        // Any file takes a turn of the decoder, a picture or not.
        let own = BucketKey::User(req.who.user.id);
        let limiter = req.app.limiter();
        limiter.check_key(Policy::PictureAttempt, own).map_err(ApiError::rate_limited)?;
    }
    let (req, picture) = read(req).await?;
    let (user, now) = (&req.who.user, req.head.now);
    // Only now: a file that is no picture is not stored.
    if !user.is_admin && now < user.created_at.plus(NEW_SECONDS) {
        count_new(req.app.limiter(), user.id).map_err(ApiError::rate_limited)?;
    }
    let user_id = user.id;
    store(&req, user_id, picture).await
}

/// Counts a picture of a new account. `Err` holds the seconds to wait.
fn count_new(limiter: &Limiter, user: UserId) -> Result<(), u64> {
    let own = BucketKey::User(user);
    limiter.check_key(Policy::NewPictureOfOne, own)?;
    limiter
        .check_key(Policy::NewPicture, BucketKey::Everybody)
        .inspect_err(|_| limiter.give_back(Policy::NewPictureOfOne, own))
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

/// Reads the upload, and decodes it.
async fn read(
    req: Authorised<Account, Body>,
) -> Result<(Authorised<Account, Vec<u8>>, ProfilePicture), ApiError> {
    let mut req = req.file(ProfilePicture::MAX_UPLOAD).await?;
    let upload = mem::take(&mut req.body);
    // Only now, since a body may take its time.
    let turn = req.line_up(req.app.pictures())?.turn().await;
    let picture = req.app.picture_decoder().decode(upload, turn).await;
    let picture = picture.map_err(ApiError::internal)?.ok_or(Refusal::ImageInvalid)?;
    Ok((req, picture))
}

async fn store(
    req: &Authorised<Account, Vec<u8>>,
    id: UserId,
    picture: ProfilePicture,
) -> Result<Response, ApiError> {
    req.act(picture, move |act, picture| users::set_picture(act, id, picture)).await?;
    Ok(Response::no_content())
}

async fn delete_of(req: &Authorised<Account, Body>, id: UserId) -> Result<Response, ApiError> {
    req.act(id, |act, id| users::delete_picture(act, *id)).await?;
    Ok(Response::no_content())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn new_accounts_share_a_total_of_which_each_has_a_few() {
        let limiter = Limiter::at_one_moment();
        let user = |n| UserId(Uuid::from_u128(n));
        let stored = |n| (0..20).filter(|_| count_new(&limiter, user(n)).is_ok()).count();
        assert!((0..40).all(|n| stored(n) == 5));
        assert_eq!(stored(40), 0, "the total is used up");
        let own = || limiter.check_key(Policy::NewPictureOfOne, BucketKey::User(user(40)));
        assert_eq!((0..20).filter(|_| own().is_ok()).count(), 5, "which takes nothing of its own");
    }
}
