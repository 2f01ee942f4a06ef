//! Deleting an API.

use super::{Act, Refusal, audit, require};
use crate::{
    model::{Api, ApiId, EventKind},
    store::apis,
};

/// Deletes an API, with its permissions and what clients may do with it. Nobody gets tokens for it any more; those
/// that are out stay good until they expire, since the API checks them by itself.
pub fn delete(act: &mut Act<'_, '_>, id: &ApiId) -> Result<Api, Refusal> {
    let api = require(act, *id)?;
    apis::delete(act, *id)?;
    audit(act, EventKind::ApiDeleted, &api, [])?;
    Ok(api)
}
