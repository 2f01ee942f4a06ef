//! `PUT /api/application-images/...`

use crate::{
    model::{ApplicationImage, Image},
    operations::{Refusal, images},
    server::{
        http::{ApiError, Authorised, Request, Response, account::Account, body::Body},
        images::named,
        live_config::StoredConfig,
    },
};

/// Sets an application image. Its type is detected from its content, not from the file name.
pub(super) async fn set(req: Request, name: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let name = named(&name, &req.head)?;
    set_named(req, name).await
}

/// Sets the default profile picture.
pub(super) async fn set_profile_picture(req: Request) -> Result<Response, ApiError> {
    set_named(req.require_admin().await?, ApplicationImage::DefaultProfilePicture).await
}

async fn set_named(
    req: Authorised<Account, Body>,
    name: ApplicationImage,
) -> Result<Response, ApiError> {
    let mut req = req.file(name.max_size()).await?;
    let image = Image::recognise(std::mem::take(&mut req.body));
    let image = image.ok_or(Refusal::ImageType(name.wanted_types()))?;
    let set = req.act(image, move |act, image| {
        images::set(act, name, image)?;
        Ok::<_, Refusal>(StoredConfig::read(act)?)
    });
    req.app.notice_app_config(set.await?);
    Ok(Response::no_content())
}
