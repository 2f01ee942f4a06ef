//! Resetting a key.

use super::{Act, ConfigEdit, Keeper, Refusal, set};
use crate::model::ConfigKey;

/// Resets a key to its default. `false` when nothing is stored for it.
pub fn reset(act: &mut Act<'_, '_>, keeper: &Keeper, key: ConfigKey) -> Result<bool, Refusal> {
    Ok(!set(act, keeper, &[ConfigEdit::reset(key)])?.is_empty())
}
