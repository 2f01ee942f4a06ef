//! Names that a stranger's client may not have.

use super::{Act, Refusal};
use crate::{
    model::{ClientName, look_alike::look_alike},
    store::clients,
};

/// Refuses a name that people could take for that of this installation, or of a client that an
/// administrator registered. Clients that registered themselves may share a name: one program has one
/// on each machine.
pub(super) fn refuse_imitation(
    act: &mut Act<'_, '_>,
    name: &ClientName,
    app_name: &str,
) -> Result<(), Refusal> {
    let known = clients::known_names(act)?;
    let mut others = known.iter().map(ClientName::as_str).chain([app_name]);
    if others.any(|other| look_alike(name.as_str(), other)) {
        return Err(Refusal::ClientNameImitates(name.clone()));
    }
    Ok(())
}
