//! Replacing the configuration.

use super::{Act, ConfigEdit, Keeper, Refusal, set};
use crate::{model::ConfigKey, store::app_config};

/// Sets the keys to these values. Unlike [`set`], it stores nothing for a key whose value stays the
/// same, even if that is only the default: a caller that sends a whole document back changed only
/// the values that differ. Keys not listed stay unchanged.
pub fn replace(
    act: &mut Act<'_, '_>,
    keeper: &Keeper,
    edits: &[ConfigEdit],
) -> Result<Vec<ConfigKey>, Refusal> {
    let master_key = keeper.master_key(edits)?;
    let stored = app_config::list(act)?;
    let mut needed = Vec::new();
    for edit in edits {
        let entry = stored.iter().find(|entry| entry.key == edit.key.name());
        let text = entry.and_then(|entry| entry.text(master_key));
        let text = text.filter(|text| edit.key.check(text.expose()).is_ok());
        let is_same = match &text {
            Some(text) => text.constant_time_eq(edit.text()),
            None => edit.text() == edit.key.default_value(),
        };
        if is_same {
            continue;
        }
        let is_default = edit.text() == edit.key.default_value();
        needed.push(if is_default { ConfigEdit::reset(edit.key) } else { edit.clone() });
    }
    set(act, keeper, &needed)
}
