//! `DELETE /api/application-images/...`

use crate::{
    model::ApplicationImage,
    operations::{Refusal, images},
    server::{
        http::{ApiError, Authorised, Request, Response, account::Account, body::Body},
        images::named,
        live_config::StoredConfig,
    },
};

/// Deletes an application image.
pub(super) async fn delete(req: Request, name: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let name = named(&name, &req.head)?;
    delete_named(req, name).await
}

/// Deletes the default profile picture.
pub(super) async fn delete_profile_picture(req: Request) -> Result<Response, ApiError> {
    delete_named(req.require_admin().await?, ApplicationImage::DefaultProfilePicture).await
}

async fn delete_named(
    req: Authorised<Account, Body>,
    name: ApplicationImage,
) -> Result<Response, ApiError> {
    let deleted = req.act(name, |act, name| {
        images::delete(act, name)?;
        Ok::<_, Refusal>(StoredConfig::read(act)?)
    });
    req.app.notice_app_config(deleted.await?);
    Ok(Response::no_content())
}
