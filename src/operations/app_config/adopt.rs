//! Importing the configuration of another installation.

use crate::{
    crypto::MasterKey,
    model::Timestamp,
    store::{
        StoreError, Tx,
        app_config::{self, ConfigEntry},
    },
};

/// Stores the imported configuration in an empty database. The caller writes one audit entry for
/// the whole import.
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
