//! The application configuration: settings that are not at their default.

use super::{tools::Tools, values::unchecked};
use crate::{
    configuration::{
        document::{Entity, EntityKind, VALUE},
        error::Error,
        step::PlanStep,
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
        things.push(Entity::new(EntityKind::Setting, key.name()).with(VALUE, text));
    }
    Ok(things)
}

pub fn remove(act: &mut Act<'_, '_>, tools: &Tools<'_>, step: &PlanStep) -> Result<(), Error> {
    app_config::reset(act, tools.app_config, key(step.key())?)?;
    Ok(())
}

pub fn set(act: &mut Act<'_, '_>, tools: &Tools<'_>, step: &PlanStep) -> Result<(), Error> {
    let key = key(&step.new.key)?;
    let text = step.new.text(VALUE).unwrap_or_default();
    let edit = match text {
        "" => ConfigEdit::reset(key),
        text => ConfigEdit::parse(key, text).map_err(|error| {
            let message = format!("{} {}", key.name(), error.message);
            Error::Value { message, hint: "correct the file" }
        })?,
    };
    app_config::set(act, tools.app_config, &[edit])?;
    Ok(())
}

/// Parses a key that the document has already validated.
fn key(name: &str) -> Result<ConfigKey, Error> {
    ConfigKey::parse(name).ok_or_else(|| unchecked("checked setting").into())
}
