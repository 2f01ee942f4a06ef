//! The signing key of Pocket ID.

use super::{Contents, ImportFault, settings::instance_ids, tables::Tables};
use crate::crypto::{PrivateJwk, PrivateJwkError, Secret, pocket_id::open_signing_key};

/// How to open the signing key.
#[derive(Debug, Clone, Copy)]
pub enum Unlock<'a> {
    /// With Pocket ID's `ENCRYPTION_KEY`; `None` if it is unknown.
    With(Option<&'a Secret>),
    /// The signing key is not imported.
    LeaveBehind,
}

pub(super) fn read(
    out: &mut Contents,
    tables: &Tables,
    unlock: Unlock<'_>,
) -> Result<Option<PrivateJwk>, ImportFault> {
    let kind = "signing key";
    let Some(sealed) = tables.kv("jwt_private_key.json")? else {
        out.leave_out(kind, "none", "it is missing; new keys are generated");
        return Ok(None);
    };
    let key = match unlock {
        Unlock::LeaveBehind => {
            let reason = "it was left out, as requested; new keys are generated";
            out.leave_out(kind, "jwt_private_key.json", reason);
            return Ok(None);
        }
        Unlock::With(None) => return Err(ImportFault::KeyMissing),
        Unlock::With(Some(key)) => key.expose().as_bytes(),
    };
    // Only the right id opens it.
    let ids = instance_ids(tables)?.into_iter().chain([String::new()]);
    let jwk = ids.into_iter().find_map(|id| open_signing_key(key, &id, sealed).ok());
    let jwk = jwk.ok_or(ImportFault::KeyWrong)?;
    match PrivateJwk::parse(&jwk) {
        Ok(key) => Ok(Some(key)),
        Err(error @ PrivateJwkError::Algorithm(_)) => {
            out.leave_out(kind, "jwt_private_key.json", format!("{error}; new keys are generated"));
            Ok(None)
        }
        Err(error) => Err(ImportFault::malformed("the signing key", error)),
    }
}
