//! Giving a key its default again.

use super::{Act, ConfigEdit, Keeper, Refusal, set};
use crate::model::ConfigKey;

/// Gives a key its default again. `false` when it has it already.
pub fn reset(act: &mut Act<'_, '_>, keeper: &Keeper, key: ConfigKey) -> Result<bool, Refusal> {
    Ok(!set(act, keeper, &[ConfigEdit::reset(key)])?.is_empty())
}
