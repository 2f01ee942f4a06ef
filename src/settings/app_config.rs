//! The application configuration in environment variables (Pocket ID 2.14). They count only with
//! `UI_CONFIG_DISABLED=true`, and then the database does not.

use std::collections::BTreeMap;

use super::{Faults, SettingFault, Source};
use crate::{
    crypto::Secret,
    model::{AppConfig, ConfigKey, app_config::Origin},
};

const SWITCH: &str = "UI_CONFIG_DISABLED";

/// Reads every key if `UI_CONFIG_DISABLED` is true.
pub(super) fn read(source: &Source, faults: &mut Faults) -> Option<AppConfig> {
    if faults.collect(source.parse_bool(SWITCH)) != Some(true) {
        return None;
    }
    let mut chosen = BTreeMap::new();
    for key in ConfigKey::ALL {
        if let Some(value) = faults.collect(read_key(source, *key)) {
            chosen.insert(*key, value);
        }
    }
    Some(AppConfig::new(chosen, Origin::Environment))
}

/// The configuration variables that are set although the database is in charge.
pub(super) fn not_in_charge(source: &Source) -> Vec<&'static str> {
    if source.parse_bool(SWITCH).ok().flatten() == Some(true) {
        return Vec::new();
    }
    // A secret may be set for a configuration file that refers to it.
    let keys = ConfigKey::ALL.iter().filter(|key| !key.is_secret());
    let names = keys.map(|key| key.env());
    names.filter(|name| source.has(name) || source.has(&format!("{name}_FILE"))).collect()
}

/// Reads one key. An empty variable means an empty value, not the default. A secret keeps its
/// whitespace.
fn read_key(source: &Source, key: ConfigKey) -> Result<Option<Secret>, SettingFault> {
    let Some(text) = source.verbatim(key.env())? else { return Ok(None) };
    let text = if key.is_secret() { text.as_str() } else { text.trim() };
    let hint = format!("correct {} in the environment or in the file .env", key.env());
    let value =
        key.check(text).map_err(|error| SettingFault::new(key.env(), error.message, hint))?;
    Ok(Some(Secret::new(value)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn the_environment_has_all_of_it_or_nothing() {
        let read = |pairs: &[(&str, &str)]| Settings::read(&Source::from_pairs(pairs)).unwrap();

        let settings = read(&[("APP_NAME", "Home")]);
        assert!(settings.app_config.is_none());
        assert_eq!(not_in_charge(&Source::from_pairs(&[("APP_NAME", "Home")])), ["APP_NAME"]);

        let settings =
            read(&[(SWITCH, "true"), ("APP_NAME", "Home"), ("LDAP_ATTRIBUTE_GROUP_MEMBER", "")]);
        let config = settings.app_config.unwrap();
        assert!(settings.warnings.is_empty());
        assert_eq!(config.app_name(), "Home");
        assert_eq!(config.text(ConfigKey::LdapAttributeGroupMember), "");
        assert_eq!(config.origin(ConfigKey::SessionDuration), Origin::Default);
    }

    #[test]
    fn a_wrong_value_is_a_fault_of_its_variable() {
        let pairs = [(SWITCH, "true"), ("APP_NAME", ""), ("SESSION_DURATION", "long")];
        let faults = Settings::read(&Source::from_pairs(&pairs)).unwrap_err();
        let names: Vec<_> = faults.iter().map(|fault| fault.name).collect();
        assert_eq!(names, ["APP_NAME", "SESSION_DURATION"]);
    }
}
