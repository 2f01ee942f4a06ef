//! The ids that a program gives to users and groups.

use super::{Act, Refusal};
use crate::{
    model::ScimTokenId,
    store::{
        scim_ids::ExternalIds,
        value::{Bind, FromColumn},
    },
};

/// The id that a program gives to a user or a group.
pub(super) struct GivenId<'a, T> {
    pub(super) token: ScimTokenId,
    pub(super) id: T,
    pub(super) external_id: Option<&'a str>,
}

/// Sets the id of a user or a group. Refused when the program gave it to another one.
pub(super) fn set<T: Bind + FromColumn + Copy + Ord>(
    act: &mut Act<'_, '_>,
    ids: &ExternalIds<T>,
    given: &GivenId<'_, T>,
) -> Result<(), Refusal> {
    let GivenId { token, id, external_id } = *given;
    if let Some(external_id) = external_id {
        match ids.find(act, token, external_id)? {
            Some(owner) if owner == id => return Ok(()),
            Some(_) => return Err(Refusal::ExternalIdInUse(external_id.to_owned())),
            None => {}
        }
    }
    Ok(ids.set(act, token, id, external_id)?)
}
