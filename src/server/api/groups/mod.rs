//! `/api/user-groups`

mod clients;
mod create;
mod delete;
mod list;
mod members;
mod routes;
mod show;
mod update;

pub(super) use routes::routes;

use serde::Deserialize;

use crate::{
    model::{FriendlyName, Group, GroupId, GroupName, Timestamp, view::GroupWithUsersView},
    operations::{Noun, Refusal, groups},
    server::http::{ApiError, api_error::FieldError},
    store::{StoreError, Tx},
};

/// The body of `POST` and `PUT`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["friendlyName", "name"])))]
#[serde(rename_all = "camelCase")]
struct GroupBody {
    #[serde(default)]
    friendly_name: String,
    #[serde(default)]
    name: String,
}

impl GroupBody {
    /// Checks every field and reports all faults at once.
    fn check(&self) -> Result<(GroupName, FriendlyName), ApiError> {
        match (self.name.parse(), self.friendly_name.parse()) {
            (Ok(name), Ok(friendly_name)) => Ok((name, friendly_name)),
            (name, friendly_name) => {
                let friendly = friendly_name.err().map(|e| FieldError::new("friendlyName", e));
                let name = name.err().map(|e| FieldError::new("name", e));
                Err(ApiError::validation(friendly.into_iter().chain(name).collect()))
            }
        }
    }
}

/// Parses the group id in a path.
fn id(text: &str) -> Result<GroupId, ApiError> {
    super::id(text, || Refusal::NotFound(Noun::Group).into())
}

/// Loads a group with all its parts.
fn load(tx: &mut Tx<'_>, group: Group, now: Timestamp) -> Result<GroupWithUsersView, StoreError> {
    Ok(GroupWithUsersView::of(&groups::load(tx, group, now)?))
}
