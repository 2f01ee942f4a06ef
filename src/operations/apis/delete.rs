//! Deleting APIs.

use super::{Act, Refusal, audit, require};
use crate::{
    model::{Api, ApiId, EventKind},
    store::apis,
};

/// Deletes an API with its permissions and the access of clients to it. No more tokens are issued
/// for it. Tokens already issued stay valid until they expire, since the API validates them
/// locally.
pub fn delete(act: &mut Act<'_, '_>, id: &ApiId) -> Result<Api, Refusal> {
    let api = require(act, *id)?;
    apis::delete(act, *id)?;
    audit(act, EventKind::ApiDeleted, &api, [])?;
    Ok(api)
}
