//! The REST API key from the environment, and the account that it acts as (Pocket ID 2.14).
//!
//! It has the rights of an administrator's key. Its account is deleted when a server starts without
//! the key.

mod clean_up;
mod find;

pub(super) use clean_up::clean_up;
pub(super) use find::find_account;

use crate::{operations::Refusal, store::StoreError};

/// No other account can have its id and username, so only store errors are expected.
fn into_store_error(refusal: Refusal) -> StoreError {
    match refusal {
        Refusal::Store(error) => error,
        _ => StoreError::Conflict,
    }
}
