//! Turns what a program sends into what the operations take.

use crate::{
    model::Group,
    operations::{Change, groups::GroupChange, scim_accounts::ScimGroupChange},
    scim::{GroupFields, GroupNames, ScimFault},
};

/// A change of the names and the external id of a group.
pub(super) fn change(group: &Group, fields: &GroupFields) -> Result<ScimGroupChange, ScimFault> {
    let GroupNames { name, friendly_name } = fields.new_names(group)?;
    let change = GroupChange {
        name: Change::Set(name),
        friendly_name: Change::Set(friendly_name),
        freed_name: None,
    };
    let external_id = fields.external_id()?.as_ref().map(ToString::to_string);
    Ok(ScimGroupChange { id: group.id, change, external_id })
}
