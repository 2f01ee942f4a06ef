//! The application configuration: settings that are not at their default.

use super::tools::Tools;
use crate::{
    cli::{
        apply::{
            document::{Entity, Kind, VALUE},
            step::Step,
        },
        error::CliError,
    },
    model::ConfigKey,
    operations::{
        Act,
        app_config::{self, ConfigEdit},
    },
    store::{self, StoreError, Tx},
};

pub fn read(tx: &mut Tx<'_>, tools: &Tools<'_>) -> Result<Vec<Entity>, StoreError> {
    let stored = store::app_config::list(tx)?;
    let mut things = Vec::new();
    for key in ConfigKey::ALL {
        let Some(entry) = stored.iter().find(|entry| entry.key == key.name()) else { continue };
        let text = entry.text(tools.master_key).map(|text| text.expose().to_owned());
        things.push(Entity::new(Kind::Setting, key.name()).with(VALUE, text));
    }
    Ok(things)
}

pub fn remove(act: &mut Act<'_, '_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    app_config::reset(act, tools.app_config, key(step.key())?)?;
    Ok(())
}

pub fn set(act: &mut Act<'_, '_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    let key = key(&step.new.key)?;
    let text = step.new.text(VALUE).unwrap_or_default();
    let edit = match text {
        "" => ConfigEdit::reset(key),
        text => ConfigEdit::parse(key, text).map_err(|error| {
            CliError::refused(format!("{} {}", key.name(), error.message)).hint("correct the file")
        })?,
    };
    app_config::set(act, tools.app_config, &[edit])?;
    Ok(())
}

/// Parses a key that the document has already validated.
fn key(name: &str) -> Result<ConfigKey, CliError> {
    ConfigKey::parse(name)
        .ok_or_else(|| CliError::refused(format!("there is no setting \"{name}\"")))
}
