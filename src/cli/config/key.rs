//! Looks up a setting by name, and checks whether it can be changed here.

use super::super::{context::Context, error::CliError};
use crate::{
    model::{ConfigKey, near},
    operations::Refusal,
};

/// Finds a setting by its name, case-insensitively.
pub fn find(name: &str) -> Result<ConfigKey, CliError> {
    let by_case = |key: &ConfigKey| key.name().eq_ignore_ascii_case(name);
    if let Some(key) = ConfigKey::ALL.iter().copied().find(by_case) {
        return Ok(key);
    }
    let names: Vec<_> = ConfigKey::ALL.iter().map(|key| key.name().to_owned()).collect();
    let error = CliError::refused(format!("unknown setting \"{name}\""));
    Err(match &near(name, &names)[..] {
        [] => error.hint("to list them: pocketid config list"),
        near => error.hint(format!("did you mean {}?", near.join(" or "))),
    })
}

/// Refuses a change that the environment would override.
pub fn require_database_in_charge(ctx: &Context, key: ConfigKey) -> Result<(), CliError> {
    if ctx.settings()?.app_config.is_some() {
        return Err(Refusal::AppConfigInEnvironment(key).into());
    }
    Ok(())
}
