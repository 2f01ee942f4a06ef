//! Serves the pictures that are stored in the database (Pocket ID 2.14).

use hyper::{
    StatusCode,
    header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
};

use super::{
    assets, avatar, built_in_images,
    http::{ApiError, Authorised, Head, Request, Response, body::Body, request::Public},
    route::{Route, get},
    turns::Whom,
};
use crate::{
    model::{ApplicationImage, ClientId, Image, Theme, UserId, text::TextError},
    store::{StoreError, Tx, images, users},
};

/// Seconds for which a picture is fresh.
const FRESH: u32 = 900;
/// Seconds for which a browser may show an old picture while it fetches the new one.
const STALE_LOGO: u32 = 43_200;
const STALE_APPLICATION_IMAGE: u32 = 86_400;
const STALE_PROFILE_PICTURE: u32 = 3_600;

/// The query parameter that forbids caching.
const SKIP: &str = "skipCache";
/// The media types of pictures.
const IMAGES: &[&str] = &[
    "image/gif",
    "image/jpeg",
    "image/png",
    "image/svg+xml",
    "image/webp",
    "image/x-icon",
    "image/avif",
];

/// The routes. Applications and dashboards on other sites show pictures.
pub(super) fn routes() -> Vec<Route> {
    vec![
        get("/api/application-configuration/background-image", background)
            .for_other_sites()
            .for_anyone()
            .may_ask(SKIP)
            .gives_media(IMAGES)
            .refuses(&[404]),
        get("/api/application-configuration/favicon", favicon)
            .for_other_sites()
            .for_anyone()
            .may_ask(SKIP)
            .gives_media(IMAGES),
        get("/api/application-configuration/logo", logo)
            .for_other_sites()
            .for_anyone()
            .may_ask("light")
            .may_ask(SKIP)
            .gives_media(IMAGES)
            .refuses(&[404]),
        get("/api/application-images/default-profile-picture", default_profile_picture)
            .gives_media(IMAGES)
            .refuses(&[404]),
        get("/api/application-images/{name}", application_image)
            .for_other_sites()
            .for_anyone()
            .may_ask("light")
            .may_ask(SKIP)
            .gives_media(IMAGES),
        get("/api/oidc/clients/{id}/logo", client_logo)
            .for_other_sites()
            .for_anyone()
            .may_ask("light")
            .may_ask(SKIP)
            .gives_media(IMAGES),
        get("/api/users/{id}/profile-picture.png", profile_picture)
            .for_other_sites()
            .for_anyone()
            .may_ask(SKIP)
            .gives_media(IMAGES)
            .refuses(&[400]),
        get("/favicon.ico", favicon).for_other_sites().for_anyone().gives_media(IMAGES),
    ]
}

/// `GET /api/oidc/clients/{id}/logo?light=`: shows the logo of a client. Without a dark logo, it is
/// the light one.
async fn client_logo(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.public();
    let id = ClientId::from_path(&id).ok_or_else(missing)?;
    let theme = theme(&req.head);
    let logo = read_large(&req, move |tx| match images::find_client_logo(tx, &id, theme)? {
        None if theme == Theme::Dark => images::find_client_logo(tx, &id, Theme::Light),
        logo => Ok(logo),
    });
    let logo = logo.await?.ok_or_else(missing)?;
    Ok(respond(logo, &req.head, STALE_LOGO))
}

/// `GET /api/application-images/...`: shows an application image.
async fn application_image(req: Request, name: String) -> Result<Response, ApiError> {
    let req = req.public();
    let image = named(&name, &req.head)?;
    let found = read_large(&req, move |tx| images::find_application_image(tx, image));
    match (found.await?, built_in_images::find(image)) {
        (Some(image), _) => Ok(respond(image, &req.head, STALE_APPLICATION_IMAGE)),
        (None, Some(png)) => {
            Ok(cached(Response::bytes("image/png", png), &req.head, STALE_APPLICATION_IMAGE))
        }
        (None, None) if image == ApplicationImage::Favicon => Ok(own_favicon(&req.head)),
        (None, None) => Err(missing()),
    }
}

/// `GET /api/application-images/default-profile-picture`: shows the default profile picture to
/// administrators, who chose it.
async fn default_profile_picture(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let name = ApplicationImage::DefaultProfilePicture;
    let found = req.app.store().read(move |tx| images::find_application_image(tx, name));
    let image = found.await?.ok_or_else(missing)?;
    Ok(respond(image, &req.head, STALE_APPLICATION_IMAGE)
        .header(CACHE_CONTROL, "private, no-store"))
}

/// The picture that a path names. For the logo, the query selects the theme; the default is light.
pub(super) fn named(name: &str, head: &Head) -> Result<ApplicationImage, ApiError> {
    match name {
        "background" => Ok(ApplicationImage::Background),
        "email" => Ok(ApplicationImage::LogoEmail),
        "favicon" => Ok(ApplicationImage::Favicon),
        "logo" => Ok(ApplicationImage::logo(theme(head))),
        _ => Err(missing()),
    }
}

/// Shows the background image. Dashboards still use this path of Pocket ID 1.
async fn background(req: Request) -> Result<Response, ApiError> {
    application_image(req, "background".to_owned()).await
}

/// Shows the logo, under its path in Pocket ID 1.
async fn logo(req: Request) -> Result<Response, ApiError> {
    application_image(req, "logo".to_owned()).await
}

/// Shows the favicon, as `/favicon.ico` does, under its path in Pocket ID 1.
async fn favicon(req: Request) -> Result<Response, ApiError> {
    application_image(req, "favicon".to_owned()).await
}

/// Shows the picture of a user. Its address is in the `picture` claim. Applications read it, so a format that some of them cannot read, such as SVG, is not served there.
async fn profile_picture(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.public();
    let unknown = || ApiError::new(StatusCode::NOT_FOUND, "user_not_found", "User not found");
    let malformed = |_| ApiError::field("userId", TextError::format("must be a valid UUID"));
    let id: UserId = id.parse().map_err(malformed)?;
    let found = req.app.store().read(move |tx| {
        let Some(user) = users::find(tx, id)? else { return Ok(None) };
        let picture = match images::find_profile_picture(tx, id)? {
            None => images::find_application_image(tx, ApplicationImage::DefaultProfilePicture)?,
            picture => picture,
        };
        Ok::<_, StoreError>(Some((user, picture)))
    });
    let (user, picture) = found.await?.ok_or_else(unknown)?;
    Ok(match picture.filter(|picture| picture.image_type.is_read_everywhere()) {
        Some(picture) => respond(picture, &req.head, STALE_PROFILE_PICTURE),
        None => cached(
            Response::bytes("image/png", avatar::of(&user)),
            &req.head,
            STALE_PROFILE_PICTURE,
        ),
    })
}

/// Reads a picture that may have megabytes, on a thread of its own and a few at once: as many as a
/// stranger may ask for would otherwise keep the threads from everybody else.
async fn read_large(
    req: &Authorised<Public, Body>,
    read: impl Fn(&mut Tx<'_>) -> Result<Option<Image>, StoreError> + Send + 'static,
) -> Result<Option<Image>, ApiError> {
    let place = req.app.images().line_up(req.head.client_ip, Whom::Anybody);
    let place = place.ok_or_else(|| ApiError::rate_limited(1))?;
    Ok(place.read(req.app.store(), read).await?)
}

fn missing() -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, "image_not_found", "Image not found")
}

fn respond(image: Image, head: &Head, stale: u32) -> Response {
    let response = Response::bytes(image.image_type.media_type(), image.bytes);
    // An SVG that is opened by itself is a document. This policy forbids it scripts and requests.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
    cached(response, head, stale).header(CONTENT_SECURITY_POLICY, policy)
}

/// Makes an answer publicly cacheable, unless the query has `skipCache`.
fn cached(response: Response, head: &Head, stale: u32) -> Response {
    match head.query_value(SKIP) {
        Some(_) => response,
        None => {
            let value = format!("public, max-age={FRESH}, stale-while-revalidate={stale}");
            response.header(CACHE_CONTROL, &value)
        }
    }
}

/// Light unless the query says otherwise. Values that Go does not parse as true count as false.
pub(super) fn theme(head: &Head) -> Theme {
    match head.query_value("light").as_deref() {
        None | Some("1" | "t" | "T" | "true" | "True" | "TRUE") => Theme::Light,
        Some(_) => Theme::Dark,
    }
}

fn own_favicon(head: &Head) -> Response {
    let asset = assets::favicon();
    cached(Response::bytes(asset.content_type, asset.bytes), head, STALE_APPLICATION_IMAGE)
}
