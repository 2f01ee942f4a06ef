//! Finds settings that are invalid, have no effect, or are probably misspelt.

use super::{Finding, Surroundings};
use crate::{
    model::{ConfigKey, app_config::Origin},
    store::{StoreError, app_config},
};

pub fn check(around: &Surroundings<'_>) -> Result<Vec<Finding>, StoreError> {
    let faults = around.faults.iter();
    let mut found: Vec<_> = faults
        .map(|fault| Finding::problem(format!("{} {}", fault.name, fault.fault), &fault.hint))
        .collect();
    let warnings = around.settings.warnings.iter();
    found.extend(warnings.map(|warning| Finding::warning(&warning.message, &warning.hint)));
    found.extend(listen(around));
    found.extend(without_effect(around)?);
    if !around.settings.rate_limiting {
        found.push(Finding::warning(
            "requests are not limited, because DISABLE_RATE_LIMITING is true or APP_ENV is test: \
             codes can be guessed without a limit",
            "remove DISABLE_RATE_LIMITING",
        ));
    }
    if found.is_empty() {
        found.push(Finding::ok("all of them are valid"));
    }
    Ok(found)
}

/// Finds stored settings that have no effect in this version.
fn without_effect(around: &Surroundings<'_>) -> Result<Option<Finding>, StoreError> {
    let in_environment = around.settings.app_config.as_ref();
    let is_chosen: Vec<ConfigKey> = match (in_environment, around.store()) {
        (Some(config), _) => {
            let is_set = |key: &ConfigKey| config.origin(*key) != Origin::Default;
            ConfigKey::ALL.iter().copied().filter(is_set).collect()
        }
        (None, None) => Vec::new(),
        (None, Some(store)) => {
            let stored = store.read_blocking(app_config::list)?;
            stored.iter().filter_map(|one| ConfigKey::parse(&one.key)).collect()
        }
    };
    let idle: Vec<_> = is_chosen.into_iter().filter(|key| !key.has_effect()).collect();
    let Some(first) = idle.first() else { return Ok(None) };
    let name = |key: &ConfigKey| {
        if in_environment.is_some() { key.env() } else { key.name() }
    };
    let names = idle.iter().map(name).collect::<Vec<_>>().join(", ");
    let told = format!("set without effect: {names}; this version does not support mail or LDAP");
    Ok(Some(Finding::warning(
        told,
        match in_environment {
            Some(_) => format!("remove {} from the environment", first.env()),
            None => format!("pocketid config unset {}", first.name()),
        },
    )))
}

/// Finds a conflict between POCKETID_LISTEN and HOST or PORT.
fn listen(around: &Surroundings<'_>) -> Option<Finding> {
    let listen = around.settings.variables.listen.as_ref()?;
    if listen.parse::<std::net::SocketAddr>().is_err() {
        return Some(Finding::problem(
            format!("POCKETID_LISTEN is {listen:?}, which is not an address with a port"),
            "write POCKETID_LISTEN as in 127.0.0.1:1411, or remove it",
        ));
    }
    let other = around.settings.variables.host_or_port?;
    Some(Finding::warning(
        format!("{other} is set and has no effect, because POCKETID_LISTEN is set as well"),
        format!("remove one of {other} and POCKETID_LISTEN"),
    ))
}
