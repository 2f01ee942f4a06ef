//! `PUT /api/apis/{id}/permissions`

use serde::Deserialize;

use super::id;
use crate::{
    model::{Permission, text::TextError, view::ApiView},
    operations::{
        Change,
        apis::{self, PermissionDraft},
    },
    server::http::{ApiError, Request, Response, api_error::FieldError},
};

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["permissions"])))]
pub(super) struct Permissions {
    permissions: Option<Vec<PermissionBody>>,
}

#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(extend("required" = ["key", "name"])))]
struct PermissionBody {
    #[serde(default)]
    key: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    description: String,
}

/// Replaces the permissions of an API. A permission whose key stays the same keeps its id.
pub(super) async fn replace(req: Request, api_id: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<Permissions>().await?;
    let id = id(&api_id)?;
    let listed = req.body.permissions.as_ref();
    let listed =
        listed.ok_or_else(|| ApiError::validation(vec![FieldError::required("permissions")]))?;
    let wanted = check(listed)?;
    let api = req.act(wanted, move |act, wanted| apis::set_permissions(act, id, wanted)).await?;
    Ok(Response::json(&ApiView::of(&api)))
}

/// Checks every field of every permission and reports all faults at once.
fn check(listed: &[PermissionBody]) -> Result<Vec<PermissionDraft>, ApiError> {
    let (mut drafts, mut faults) = (Vec::new(), Vec::new());
    for (index, body) in listed.iter().enumerate() {
        match body.check(index) {
            Ok(draft) => drafts.push(draft),
            Err(of_body) => faults.extend(of_body),
        }
    }
    if faults.is_empty() { Ok(drafts) } else { Err(ApiError::validation(faults)) }
}

impl PermissionBody {
    fn check(&self, index: usize) -> Result<PermissionDraft, Vec<FieldError>> {
        let key = self.check_key(index);
        let name = self.name.parse().map_err(|error| FieldError::new("name", error));
        let description =
            self.description.parse().map_err(|error| FieldError::new("description", error));
        match (key, name, description) {
            (Ok(key), Ok(name), Ok(description)) => Ok(PermissionDraft {
                key,
                name,
                description,
                is_open_to_metadata_clients: Change::Keep,
            }),
            (key, name, description) => {
                let faults = [key.err(), name.err(), description.err()];
                Err(faults.into_iter().flatten().collect())
            }
        }
    }

    /// Checks the key. A missing or long key is reported as `key`; a key that is no valid scope is
    /// reported by its position in the list (Pocket ID 2.14).
    fn check_key(&self, index: usize) -> Result<crate::model::ScopeName, FieldError> {
        let length = self.key.chars().count();
        let fault = if length == 0 {
            TextError::required()
        } else if length > Permission::MAX_KEY {
            let message = format!("must be at most {} characters long", Permission::MAX_KEY);
            TextError { code: "too_long", message }
        } else {
            return self.key.parse().map_err(|error: TextError| {
                let message = match error.code {
                    "reserved" => "is reserved by Pocket ID",
                    _ => "contains characters that are not valid in an OAuth scope",
                };
                let error = TextError { code: error.code, message: message.to_owned() };
                FieldError::new(format!("permissions[{index}].key"), error)
            });
        };
        Err(FieldError::new("key", fault))
    }
}
