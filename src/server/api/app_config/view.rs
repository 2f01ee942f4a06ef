//! The JSON form of the configuration (Pocket ID 2.14): a list of keys, whose values are all
//! strings.

use serde::Serialize;

use crate::model::{AppConfig, ConfigKey, app_config::Origin};

/// The placeholder for a secret that is set in the environment.
const REDACTED: &str = "XXXXXXXXXX";

/// A key in the public list.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct PublicKeyView<'a> {
    key: &'static str,
    #[serde(rename = "type")]
    value_type: &'static str,
    value: &'a str,
}

/// A key in the administrators' list. Pocket ID 2.14 sends neither the type nor whether it is
/// public.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct ConfigKeyView<'a> {
    key: &'static str,
    #[serde(rename = "type")]
    value_type: &'static str,
    value: &'a str,
    is_public: bool,
}

/// Lists the public keys, and two facts about the server that pages need.
pub(super) fn public(config: &AppConfig, is_in_environment: bool) -> Vec<PublicKeyView<'_>> {
    let keys = ConfigKey::ALL.iter().filter(|key| key.is_public());
    let mut views: Vec<_> = keys
        .map(|key| PublicKeyView { key: key.name(), value_type: "", value: config.text(*key) })
        .collect();
    let is_disabled = if is_in_environment { "true" } else { "false" };
    views.push(PublicKeyView {
        key: "uiConfigDisabled",
        value_type: "boolean",
        value: is_disabled,
    });
    views.push(PublicKeyView { key: "tracingEnabled", value_type: "", value: "false" });
    views
}

/// Lists every key. Secrets are included: administrators send the whole document back to change one
/// key. Secrets from the environment are redacted, since they cannot be changed here.
pub(super) fn all(config: &AppConfig) -> Vec<ConfigKeyView<'_>> {
    let view = |key: &ConfigKey| {
        let text = config.text(*key);
        let is_redacted =
            key.is_secret() && !text.is_empty() && config.origin(*key) == Origin::Environment;
        let value = if is_redacted { REDACTED } else { text };
        ConfigKeyView { key: key.name(), value_type: "", value, is_public: false }
    };
    ConfigKey::ALL.iter().map(view).collect()
}
