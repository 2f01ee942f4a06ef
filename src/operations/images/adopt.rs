//! Taking over the pictures of another installation.

use crate::{
    model::{ApplicationImage, Image},
    store::{StoreError, Tx, images},
};

/// Stores the pictures of an installation that is imported into an empty database. The import as a whole has one
/// audit entry, which its caller writes.
pub fn adopt(tx: &mut Tx<'_>, pictures: &[(ApplicationImage, Image)]) -> Result<(), StoreError> {
    for (name, image) in pictures {
        images::set_application_image(tx, *name, image)?;
    }
    Ok(())
}
