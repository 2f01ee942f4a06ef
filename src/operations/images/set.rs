//! Setting a picture.

use super::{Act, Refusal};
use crate::{
    model::{ApplicationImage, Concerned, EventKind, Image, ImageSize},
    store::images,
};

/// Sets or replaces a picture of the installation. Refused when its type does not suit its place,
/// when the file is broken, and when it has too many bytes or pixels.
pub fn set(act: &mut Act<'_, '_>, name: ApplicationImage, image: &Image) -> Result<(), Refusal> {
    if !name.accepts(image.image_type) {
        return Err(Refusal::ImageType(name.wanted_types()));
    }
    require_bearable(image, name.max_size())?;
    images::set_application_image(act, name, image)?;
    let data = [
        ("image", name.as_str().to_owned()),
        ("type", image.image_type.media_type().to_owned()),
        ("size", image.bytes.len().to_string()),
    ];
    Ok(act.audit(EventKind::ApplicationImageChanged, Concerned::INSTALLATION, data)?)
}

/// Refuses a picture that is broken, of too many pixels for a browser, or of more than so many bytes.
pub fn require_bearable(image: &Image, max_size: usize) -> Result<(), Refusal> {
    if image.bytes.len() > max_size {
        return Err(Refusal::ImageTooLarge(max_size));
    }
    let size = ImageSize::read(image.image_type, &image.bytes);
    if size.is_some_and(ImageSize::is_bearable) { Ok(()) } else { Err(Refusal::ImageInvalid) }
}
