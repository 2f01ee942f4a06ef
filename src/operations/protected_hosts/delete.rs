//! Taking a host from behind forward auth.

use super::{Act, Noun, Refusal, audit, require};
use crate::{
    model::{EventKind, ProtectedHost, ProtectedHostId},
    store::protected_hosts,
};

/// Deletes a protected host: it lets no user in any more, as long as its proxy asks.
pub fn delete(act: &mut Act<'_, '_>, id: ProtectedHostId) -> Result<ProtectedHost, Refusal> {
    let host = require(act, id)?;
    if !protected_hosts::delete(act, id)? {
        return Err(Refusal::NotFound(Noun::ProtectedHost));
    }
    audit(act, EventKind::ProtectedHostDeleted, &host, None)?;
    Ok(host)
}
