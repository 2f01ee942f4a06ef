//! Renaming APIs.

use super::{Act, Refusal, audit, require};
use crate::{
    model::{Api, ApiId, ApiName, EventKind},
    operations::Change,
    store::apis,
};

/// A change of an API. The resource cannot change: it is in tokens and in the settings of clients.
#[derive(Debug, Clone)]
pub struct ApiChange {
    /// The name shown to people.
    pub name: Change<ApiName>,
}

/// Changes an API.
pub fn update(act: &mut Act<'_, '_>, id: ApiId, change: &ApiChange) -> Result<Api, Refusal> {
    let mut api = require(act, id)?;
    if change.name.apply(&mut api.name) {
        apis::rename(act, id, &api.name)?;
        audit(act, EventKind::ApiChanged, &api, [("changed", "name".to_owned())])?;
    }
    Ok(api)
}
