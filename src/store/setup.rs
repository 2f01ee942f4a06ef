//! Whether the first administrator can be made over the network.
//!
//! As long as there is no account at all; and once more after somebody at the terminal has taken away
//! the last administrator, and has said that this is meant. Accounts that were made without an
//! administrator do not leave the door open.
//!
//! Only in the first half hour of a database may anybody do it. That an installation has no account can also mean that
//! its data is somewhere else, and then strangers must not be faster than its owner.

use super::{StoreError, Tx, meta, sealed, users};
use crate::model::{Timestamp, User, UserId};

/// The last administrator was taken away on purpose.
const REOPENED: &str = "setup_reopened";
/// The second of the first start, in eight bytes, the highest first. Databases of schema version 1 have none.
const FIRST_STARTED_AT: &str = "first_started_at";
/// How long the seed of an opening is, in bytes.
pub const SEED: usize = 16;
/// How long a database is new, in seconds.
const NEW_FOR: i64 = 30 * 60;
/// How far the clocks of two servers may be apart, in seconds.
const CLOCKS_APART: i64 = 60;

/// How the set-up is open.
#[derive(Debug)]
pub struct Opening {
    /// Whether the database is new.
    pub is_new: bool,
    /// What the code is made from: another one each time that it is opened.
    pub seed: Vec<u8>,
}

/// Whether there is still something to set up, and how.
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

/// A first start in the future says nothing: a clock was wrong.
fn is_new(started_at: &[u8], now: Timestamp) -> bool {
    let seconds = started_at.try_into().map(i64::from_be_bytes);
    seconds.is_ok_and(|seconds| {
        let age = now.seconds_since(Timestamp::from_unix(seconds));
        (-CLOCKS_APART..NEW_FOR).contains(&age)
    })
}

/// Whether the set-up can be done.
pub fn is_open(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    if users::enabled_administrator_exists(tx)? {
        return Ok(false);
    }
    Ok(!users::anybody_exists(tx)? || meta::find(tx, REOPENED)?.is_some())
}

/// Whether no server has ever started here. What has sealed secrets is in use, also when its first start was not noted.
pub fn is_before_first_start(tx: &mut Tx<'_>) -> Result<bool, StoreError> {
    Ok(meta::find(tx, FIRST_STARTED_AT)?.is_none() && sealed::proof(tx)?.is_none())
}

/// Notes the first start, once. `at` is long ago where the database is not to count as new.
pub fn note_first_start(tx: &mut Tx<'_>, at: Timestamp) -> Result<(), StoreError> {
    match is_before_first_start(tx)? {
        true => meta::insert(tx, FIRST_STARTED_AT, &at.as_unix().to_be_bytes()),
        false => Ok(()),
    }
}

/// Opens it again, for as long as there is no administrator who may sign in. The seed is drawn for this opening: a code that
/// an old log has opens nothing.
pub fn reopen(tx: &mut Tx<'_>, seed: &[u8; SEED]) -> Result<(), StoreError> {
    meta::delete(tx, REOPENED)?;
    meta::insert(tx, REOPENED, seed)
}

/// Ends what [`reopen`] began, since this account may administer and sign in, if it may. It does not come back when that
/// account goes in another way.
pub(super) fn end_by(tx: &mut Tx<'_>, user: &User) -> Result<(), StoreError> {
    if user.is_admin && !user.disabled && user.id != UserId::STATIC {
        meta::delete(tx, REOPENED)?;
    }
    Ok(())
}

/// Closes it, before the first administrator is stored. `true` when there was one before, who is gone
/// or disabled: that is to be told loudly.
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
