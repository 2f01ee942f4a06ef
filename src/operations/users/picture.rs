//! The picture of an account.

use super::{Act, Refusal, require};
use crate::{
    model::{EventKind, ProfilePicture, UserId},
    store::images,
};

/// Gives a user a picture, in the place of the one before.
pub fn set_picture(
    act: &mut Act<'_, '_>,
    id: UserId,
    picture: &ProfilePicture,
) -> Result<(), Refusal> {
    require(act, id)?;
    images::set_profile_picture(act, id, picture.as_image())?;
    audit(act, id)
}

/// Deletes the picture of a user; without one, nothing happens (Pocket ID 2.14).
pub fn delete_picture(act: &mut Act<'_, '_>, id: UserId) -> Result<(), Refusal> {
    require(act, id)?;
    if images::delete_profile_picture(act, id)? { audit(act, id) } else { Ok(()) }
}

fn audit(act: &mut Act<'_, '_>, id: UserId) -> Result<(), Refusal> {
    Ok(act.audit(EventKind::AccountChanged, id, [("changed", "picture".to_owned())])?)
}
