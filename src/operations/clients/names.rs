//! Names that a stranger's client may not have.

use super::Act;
use crate::{
    model::{ClientName, look_alike::look_alike},
    store::{StoreError, clients},
};

/// Whether people could take a name for that of this installation, or of a client that an administrator
/// registered. Clients that describe themselves may share a name: one program has one on each machine.
pub(in crate::operations) fn imitates(
    act: &mut Act<'_, '_>,
    name: &ClientName,
    app_name: &str,
) -> Result<bool, StoreError> {
    let known = clients::known_names(act)?;
    let mut others = known.iter().map(ClientName::as_str).chain([app_name]);
    Ok(others.any(|other| look_alike(name.as_str(), other)))
}
