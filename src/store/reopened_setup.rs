//! The mark of a set-up that was opened again (`setup.rs`).

use super::{StoreError, Tx, meta};
use crate::model::{User, UserId};

/// The key in `meta` that marks the last administrator as removed on purpose.
pub(super) const REOPENED: &str = "setup_reopened";

/// Ends a reopened set-up if this account is an enabled administrator. It stays closed even if that
/// account is later removed in another way.
pub(super) fn end_by(tx: &mut Tx<'_>, user: &User) -> Result<(), StoreError> {
    if user.is_admin && !user.disabled && user.id != UserId::STATIC {
        meta::delete(tx, REOPENED)?;
    }
    Ok(())
}
