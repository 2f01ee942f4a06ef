//! Importing the pictures of another installation.

use crate::{
    model::{ApplicationImage, Image},
    store::{StoreError, Tx, images},
};

/// Stores the imported pictures in an empty database. The caller writes one audit entry for the
/// whole import.
pub fn adopt(tx: &mut Tx<'_>, pictures: &[(ApplicationImage, Image)]) -> Result<(), StoreError> {
    for (name, image) in pictures {
        images::set_application_image(tx, *name, image)?;
    }
    Ok(())
}
