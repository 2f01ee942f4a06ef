//! Taking over the configuration of another installation.

use crate::{
    crypto::MasterKey,
    model::Timestamp,
    store::{
        StoreError, Tx,
        app_config::{self, ConfigEntry},
    },
};

/// Stores the configuration of an installation that is imported into an empty database. The import as a whole has
/// one audit entry, which its caller writes.
pub fn adopt(
    tx: &mut Tx<'_>,
    entries: &[ConfigEntry],
    master_key: &MasterKey,
    now: Timestamp,
) -> Result<(), StoreError> {
    for entry in entries {
        app_config::put(tx, entry, Some(master_key), now)?;
    }
    Ok(())
}
