//! Settings that were chosen.

use super::Tools;
use crate::{
    cli::{
        apply::{
            document::{Entity, Kind, settings::VALUE},
            plan::Step,
        },
        error::CliError,
    },
    crypto::Secret,
    model::{ConfigKey, EventKind},
    server,
    store::{
        StoreError, Tx,
        settings::{self, StoredSetting, StoredValue},
    },
};

pub fn read(tx: &mut Tx<'_>, tools: &Tools<'_>) -> Result<Vec<Entity>, StoreError> {
    let stored = settings::list(tx)?;
    let mut things = Vec::new();
    for key in ConfigKey::ALL {
        let Some(setting) = stored.iter().find(|one| one.key == key.name()) else { continue };
        let text = match (&setting.value, tools.master_key) {
            (StoredValue::Plain(text), _) => Some(text.clone()),
            (StoredValue::Sealed(bytes), Some(master_key)) => {
                let secret = server::open_setting(*key, bytes, master_key);
                secret.map(|secret| secret.expose().to_owned())
            }
            (StoredValue::Sealed(_), None) => None,
        };
        things.push(Entity::new(Kind::Setting, key.name()).with(VALUE, text));
    }
    Ok(things)
}

pub fn remove(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    settings::delete(tx, step.key())?;
    let data = [("key", step.key().to_owned())];
    Ok(tools.note(tx, (EventKind::AppConfigChanged, None), data)?)
}

pub fn set(tx: &mut Tx<'_>, tools: &Tools<'_>, step: &Step) -> Result<(), CliError> {
    let Some(key) = ConfigKey::parse(&step.new.key) else { return Ok(()) };
    if tools.settings_elsewhere {
        return Err(CliError::refused(format!(
            "{} comes from the environment, since UI_CONFIG_DISABLED is true",
            key.name()
        ))
        .hint("take the settings out of the file, or UI_CONFIG_DISABLED out of the environment"));
    }
    let Some(text) = step.new.text(VALUE) else { return remove(tx, tools, step) };
    let setting = match (key.is_secret(), tools.master_key) {
        (true, Some(master_key)) => {
            server::sealed_setting(key, &Secret::new(text), master_key, tools.rng)
        }
        (true, None) => return Err(StoreError::KeyChanged.into()),
        (false, _) => {
            StoredSetting { key: key.name().to_owned(), value: StoredValue::Plain(text.to_owned()) }
        }
    };
    settings::put(tx, &setting, tools.master_key, tools.now)?;
    let data = [("key", key.name().to_owned())];
    Ok(tools.note(tx, (EventKind::AppConfigChanged, None), data)?)
}
