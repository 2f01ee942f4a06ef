//! `client_logos`, `application_images` and `profile_pictures`. Images are stored in the database,
//! so that backups contain them and every server has them.

use super::{
    Row, StoreError, Tx,
    value::{params, parse_column},
};
use crate::model::{ApplicationImage, ClientId, Image, ImageType, Logos, Theme, UserId};

const CLIENT_LOGO: &str =
    "SELECT content_type, image FROM client_logos WHERE client_id = ?1 AND theme = ?2";

const THEMES_OF_CLIENT: &str = "SELECT theme FROM client_logos WHERE client_id = ?1";

const SET_CLIENT_LOGO: &str = "
    INSERT INTO client_logos (client_id, theme, content_type, image) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT (client_id, theme) DO UPDATE
       SET content_type = excluded.content_type, image = excluded.image";

const DELETE_CLIENT_LOGO: &str = "DELETE FROM client_logos WHERE client_id = ?1 AND theme = ?2";

const APPLICATION_IMAGE: &str =
    "SELECT content_type, image FROM application_images WHERE name = ?1";

const HAS_APPLICATION_IMAGE: &str = "SELECT 1 FROM application_images WHERE name = ?1";

const SET_APPLICATION_IMAGE: &str = "
    INSERT INTO application_images (name, content_type, image) VALUES (?1, ?2, ?3)
    ON CONFLICT (name) DO UPDATE SET content_type = excluded.content_type, image = excluded.image";

const DELETE_APPLICATION_IMAGE: &str = "DELETE FROM application_images WHERE name = ?1";

const PROFILE_PICTURE: &str = "SELECT content_type, image FROM profile_pictures WHERE user_id = ?1";

const SET_PROFILE_PICTURE: &str = "
    INSERT INTO profile_pictures (user_id, content_type, image) VALUES (?1, ?2, ?3)
    ON CONFLICT (user_id) DO UPDATE
       SET content_type = excluded.content_type, image = excluded.image";

const DELETE_PROFILE_PICTURE: &str = "DELETE FROM profile_pictures WHERE user_id = ?1";

/// Finds the logo of a client for a theme.
pub fn find_client_logo(
    tx: &mut Tx<'_>,
    id: &ClientId,
    theme: Theme,
) -> Result<Option<Image>, StoreError> {
    tx.query_opt(CLIENT_LOGO, params![id, theme.as_str()], read)
}

/// Returns which logos a client has.
pub fn logos_of_client(tx: &mut Tx<'_>, id: &ClientId) -> Result<Logos, StoreError> {
    let themes: Vec<String> = tx.query_all(THEMES_OF_CLIENT, params![id], |row| row.get(0))?;
    let has = |theme: Theme| themes.iter().any(|name| name == theme.as_str());
    Ok(Logos { light: has(Theme::Light), dark: has(Theme::Dark) })
}

/// Inserts or replaces the logo of a client for a theme.
pub fn set_client_logo(
    tx: &mut Tx<'_>,
    id: &ClientId,
    theme: Theme,
    logo: &Image,
) -> Result<(), StoreError> {
    let params = params![id, theme.as_str(), logo.image_type.media_type(), logo.bytes];
    tx.execute(SET_CLIENT_LOGO, params)?.expect_rows(1)
}

/// Deletes the logo of a client for a theme. `false` when there was none.
pub fn delete_client_logo(
    tx: &mut Tx<'_>,
    id: &ClientId,
    theme: Theme,
) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE_CLIENT_LOGO, params![id, theme.as_str()])?.rows() == 1)
}

/// Finds an image of the installation.
pub fn find_application_image(
    tx: &mut Tx<'_>,
    name: ApplicationImage,
) -> Result<Option<Image>, StoreError> {
    tx.query_opt(APPLICATION_IMAGE, params![name.as_str()], read)
}

/// Whether the installation has this image.
pub fn has_application_image(tx: &mut Tx<'_>, name: ApplicationImage) -> Result<bool, StoreError> {
    tx.exists(HAS_APPLICATION_IMAGE, params![name.as_str()])
}

/// Inserts or replaces an image of the installation.
pub fn set_application_image(
    tx: &mut Tx<'_>,
    name: ApplicationImage,
    image: &Image,
) -> Result<(), StoreError> {
    let params = params![name.as_str(), image.image_type.media_type(), image.bytes];
    tx.execute(SET_APPLICATION_IMAGE, params)?.expect_rows(1)
}

/// Deletes an image of the installation. `false` when there was none.
pub fn delete_application_image(
    tx: &mut Tx<'_>,
    name: ApplicationImage,
) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE_APPLICATION_IMAGE, params![name.as_str()])?.rows() == 1)
}

/// Finds the profile picture of a user.
pub fn find_profile_picture(tx: &mut Tx<'_>, id: UserId) -> Result<Option<Image>, StoreError> {
    tx.query_opt(PROFILE_PICTURE, params![id], read)
}

/// Inserts or replaces the profile picture of a user.
pub fn set_profile_picture(tx: &mut Tx<'_>, id: UserId, image: &Image) -> Result<(), StoreError> {
    let params = params![id, image.image_type.media_type(), image.bytes];
    tx.execute(SET_PROFILE_PICTURE, params)?.expect_rows(1)
}

/// Deletes the picture of a user. `false` when there was none.
pub fn delete_profile_picture(tx: &mut Tx<'_>, id: UserId) -> Result<bool, StoreError> {
    Ok(tx.execute(DELETE_PROFILE_PICTURE, params![id])?.rows() == 1)
}

fn read(row: &Row<'_>) -> Result<Image, StoreError> {
    let media_type: String = row.get(0)?;
    Ok(Image {
        image_type: parse_column(&media_type, ImageType::parse, 0, "image media type")?,
        bytes: row.get(1)?,
    })
}
