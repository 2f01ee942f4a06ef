//! Turning SSH certificates off.

use super::{Act, Refusal, ca_keys, client_id, resource};
use crate::{
    operations::apis,
    store::{apis as api_rows, grants},
};

/// Removes the keys of the authorities, which revokes every certificate, and the API whose tokens
/// get certificates, and ends the sign-ins to the client. Accounts and the client stay for a time when
/// it is turned on again. `false` when it was off.
pub fn disable(act: &mut Act<'_, '_>, issuer: &str) -> Result<bool, Refusal> {
    let keys = ca_keys::trusted(act)?;
    for key in &keys {
        ca_keys::end(act, key)?;
    }
    let api = api_rows::find(act, &resource(issuer))?;
    if let Some(api) = &api {
        apis::delete(act, &api.id)?;
    }
    let now = act.now();
    grants::revoke_every_of_client(act, &client_id(), now)?;
    Ok(!keys.is_empty() || api.is_some())
}
