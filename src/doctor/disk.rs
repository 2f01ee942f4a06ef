//! Checks the free disk space.

use super::{Finding, Surroundings};
use crate::store::{
    StoreError,
    file_system::{followed, free_bytes},
};

const MEBIBYTE: u64 = 1_024 * 1_024;
/// Below this, writes will soon fail.
const TOO_LITTLE: u64 = 64 * MEBIBYTE;
/// Below this, a backup beside the database may not fit.
const LITTLE: u64 = 512 * MEBIBYTE;

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let Some(file) = around.file() else { return Ok(Vec::new()) };
    // A symbolic link may lead to another disk.
    let real = followed(file);
    let folder =
        if real == file { around.settings.data_folder() } else { real.parent().unwrap_or(&real) };
    let Some(free) = free_bytes(folder) else { return Ok(Vec::new()) };
    let told = format!("{} MiB are free in {}", free / MEBIBYTE, folder.display());
    let mend = "free some disk space; sign-ins fail when the disk is full";
    Ok(vec![match free {
        ..TOO_LITTLE => Finding::problem(told, mend),
        TOO_LITTLE..LITTLE => Finding::warning(told, mend),
        LITTLE.. => Finding::ok(told),
    }])
}
