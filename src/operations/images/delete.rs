//! Deleting a picture.

use super::{Act, Noun, Refusal};
use crate::{
    model::{ApplicationImage, Concerned, EventKind},
    store::images,
};

/// Deletes a picture of the installation. The built-in default is shown again, if there is one.
pub fn delete(act: &mut Act<'_, '_>, name: &ApplicationImage) -> Result<(), Refusal> {
    if !images::delete_application_image(act, *name)? {
        return Err(Refusal::NotFound(Noun::Image));
    }
    let data = [("image", name.as_str().to_owned())];
    Ok(act.audit(EventKind::ApplicationImageDeleted, Concerned::INSTALLATION, data)?)
}
