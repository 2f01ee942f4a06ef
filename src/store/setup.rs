//! Whether the first administrator can be created over the network.
//!
//! The set-up is open while there is no account at all, and again after the operator has removed
//! the last administrator and confirmed that. Accounts created without an administrator do not keep
//! it open.
//!
//! By default, the set-up needs no code in the first half hour of a database only. An installation
//! without accounts may also have its data elsewhere; then strangers must not be faster than the
//! owner.

use std::{
    ffi::OsString,
    os::unix::ffi::{OsStrExt as _, OsStringExt as _},
    path::{Path, PathBuf},
};

use super::{StoreError, Tx, meta, reopened_setup::REOPENED, sealed, users};
use crate::model::Timestamp;

/// The key of the time of the first start: Unix seconds as 8 bytes, big-endian. Databases of schema
/// version 1 have none.
const FIRST_STARTED_AT: &str = "first_started_at";
/// The key of the path of a file that was beside the database before that was created. It speaks of
/// an earlier database.
const LEFT_BEHIND: &str = "setup_left_behind";
/// The key of the time of an import: Unix seconds as 8 bytes, big-endian.
const IMPORTED_AT: &str = "imported_at";
/// The length of the seed of an opening, in bytes.
pub const SEED: usize = 16;
/// How long a database counts as new, in seconds.
const NEW_FOR: i64 = 30 * 60;
/// The tolerated difference between the clocks of two servers, in seconds.
const CLOCKS_APART: i64 = 60;

/// An open set-up.
#[derive(Debug)]
pub struct Opening {
    /// Whether the database is new.
    pub is_new: bool,
    /// The seed of the set-up code, different for each opening.
    pub seed: Vec<u8>,
}

/// Finds the opening of the set-up; `None` when it is closed.
pub fn opening(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<Opening>, StoreError> {
    if !is_open(tx)? {
        return Ok(None);
    }
    let started_at = meta::find(tx, FIRST_STARTED_AT)?;
    let reopened = meta::find(tx, REOPENED)?;
    let is_new = reopened.is_none() && started_at.as_deref().is_some_and(|at| is_new(at, now));
    let seed = [started_at.unwrap_or_default(), reopened.unwrap_or_default()].concat();
    Ok(Some(Opening { is_new, seed }))
}

/// Ignores a first start in the future: a clock was wrong.
fn is_new(started_at: &[u8], now: Timestamp) -> bool {
    let seconds = started_at.try_into().map(i64::from_be_bytes);
    seconds.is_ok_and(|seconds| {
        let age = now.seconds_since(Timestamp::from_unix(seconds));
        (-CLOCKS_APART..NEW_FOR).contains(&age)
    })
}

/// Whether the set-up is open.
pub fn is_open(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    if users::enabled_administrator_exists(tx)? {
        return Ok(false);
    }
    Ok(!users::anybody_exists(tx)? || meta::find(tx, REOPENED)?.is_some())
}

/// Whether no server has ever started on this database. A database with a key check value is in
/// use, even without a recorded first start.
pub fn is_before_first_start(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(meta::find(tx, FIRST_STARTED_AT)?.is_none() && sealed::proof(tx)?.is_none())
}

/// Records that a file was beside the database before that was created.
pub(super) fn note_left_behind(tx: &mut Tx<'_>, path: &Path) -> Result<(), StoreError> {
    match meta::find(tx, LEFT_BEHIND)? {
        Some(_) => Ok(()),
        None => meta::insert(tx, LEFT_BEHIND, path.as_os_str().as_bytes()),
    }
}

/// The file that was beside the database before that was created, if there was one.
pub fn left_behind(tx: &mut Tx<'_>) -> Result<Option<PathBuf>, StoreError> {
    Ok(meta::find(tx, LEFT_BEHIND)?.map(|path| PathBuf::from(OsString::from_vec(path))))
}

/// Records the first start, once. Pass a time long ago if the database should not count as new.
pub fn note_first_start(tx: &mut Tx<'_>, at: Timestamp) -> Result<(), StoreError> {
    if is_before_first_start(tx)? {
        meta::delete(tx, LEFT_BEHIND)?;
        meta::insert(tx, FIRST_STARTED_AT, &at.as_unix().to_be_bytes())
    } else {
        Ok(())
    }
}

/// Records that data of a Pocket ID came into this database.
pub fn note_import(tx: &mut Tx<'_>, at: Timestamp) -> Result<(), StoreError> {
    meta::delete(tx, IMPORTED_AT)?;
    meta::insert(tx, IMPORTED_AT, &at.as_unix().to_be_bytes())
}

/// Whether data of a Pocket ID has come into this database.
pub fn is_imported(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(meta::find(tx, IMPORTED_AT)?.is_some())
}

/// Reopens the set-up, until there is an enabled administrator. The new seed invalidates codes in
/// old logs.
pub fn reopen(tx: &mut Tx<'_>, seed: &[u8; SEED]) -> Result<(), StoreError> {
    meta::delete(tx, REOPENED)?;
    meta::insert(tx, REOPENED, seed)
}

/// Closes the set-up, before the first administrator is stored. `true` when there was an
/// administrator before, now removed or disabled: the caller must report that prominently.
pub fn close(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    let was_reopened = meta::delete(tx, REOPENED)?;
    Ok(was_reopened || users::administrator_exists(tx)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_database_is_new_for_half_an_hour_of_a_clock_that_goes_on() {
        let at = |age: i64| {
            let started = 1_700_000_000_i64;
            is_new(&started.to_be_bytes(), Timestamp::from_unix(started + age))
        };
        assert!(at(0) && at(NEW_FOR - 1) && at(-CLOCKS_APART));
        assert!(!at(NEW_FOR) && !at(-CLOCKS_APART - 1) && !at(-1_700_000_000));
        assert!(!is_new(b"", Timestamp::from_unix(0)), "nothing that was written");
    }
}
