//! The ids that a program gives to users and groups.

use super::{Act, Refusal};
use crate::{
    model::ScimTokenId,
    store::{
        scim_ids::ExternalIds,
        value::{Bind, FromColumn},
    },
};

/// Sets the id of a user or a group. Refused when the program gave it to another one.
pub(super) fn set<T: Bind + FromColumn + Copy + Ord>(
    act: &mut Act<'_, '_>,
    ids: &ExternalIds<T>,
    (token, id): (ScimTokenId, T),
    external_id: Option<&str>,
) -> Result<(), Refusal> {
    if let Some(external_id) = external_id {
        match ids.find(act, token, external_id)? {
            Some(owner) if owner == id => return Ok(()),
            Some(_) => return Err(Refusal::ExternalIdInUse(external_id.to_owned())),
            None => {}
        }
    }
    Ok(ids.set(act, token, id, external_id)?)
}
