//! The body of `PUT`: the whole configuration, each key with its value as a string.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    model::{
        ConfigKey::{
            self, CimdUnlisted, DeviceBoundSessions, DynamicClientRegistration,
            EmailAdminNotificationsEnabled, EmailApiKeyExpirationEnabled,
            EmailLoginNotificationEnabled, EmailOneTimeAccessAsAdminEnabled,
            EmailOneTimeAccessAsUnauthenticatedEnabled, EmailVerificationEnabled, LdapStartTls,
            RefreshTokenMaxLifetime, SshCertificateDuration, SshDeviceLogin, SshHostDomains,
            WebauthnAllowSyncedPasskeys, WebauthnAuthenticatorAttachment, WebauthnUserVerification,
        },
        app_config::ValueType,
        text::TextError,
    },
    operations::app_config::ConfigEdit,
    server::http::{ApiError, api_error::FieldError},
};

/// Keys that keep their value if a document does not contain them: programs written for earlier
/// versions, or for Pocket ID, do not know them.
const MAY_BE_ABSENT: [ConfigKey; 12] = [
    CimdUnlisted,
    DeviceBoundSessions,
    DynamicClientRegistration,
    EmailAdminNotificationsEnabled,
    LdapStartTls,
    RefreshTokenMaxLifetime,
    SshCertificateDuration,
    SshDeviceLogin,
    SshHostDomains,
    WebauthnAllowSyncedPasskeys,
    WebauthnAuthenticatorAttachment,
    WebauthnUserVerification,
];

/// Keys whose faults Pocket ID 2.14 reports after those of the passkey settings.
const NAMED_LATE: [ConfigKey; 5] = [
    EmailOneTimeAccessAsAdminEnabled,
    EmailOneTimeAccessAsUnauthenticatedEnabled,
    EmailLoginNotificationEnabled,
    EmailApiKeyExpirationEnabled,
    EmailVerificationEnabled,
];

/// The body. Unknown properties are ignored.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(transparent)]
pub(super) struct AppConfigBody(BTreeMap<String, Value>);

impl AppConfigBody {
    /// Checks every key and reports all faults at once.
    pub(super) fn check(&self) -> Result<Vec<ConfigEdit>, ApiError> {
        let (mut edits, mut faults) = (Vec::new(), Vec::new());
        for key in keys() {
            let text = match self.0.get(key.name()) {
                None if MAY_BE_ABSENT.contains(&key) => continue,
                None => "",
                Some(Value::String(text)) => text.as_str(),
                Some(_) => {
                    return Err(ApiError::invalid_body(format!("{} is not a string", key.name())));
                }
            };
            match ConfigEdit::parse(key, text) {
                Ok(edit) => edits.push(edit),
                Err(error) => faults.push(FieldError::new(key.name(), worded(key, text, error))),
            }
        }
        if faults.is_empty() { Ok(edits) } else { Err(ApiError::validation(faults)) }
    }
}

/// Lists every key, in the order in which faults are reported.
fn keys() -> impl Iterator<Item = ConfigKey> {
    let is_late = |key: &ConfigKey| NAMED_LATE.contains(key);
    let early = move |key: &ConfigKey| *key <= WebauthnAuthenticatorAttachment && !is_late(key);
    let last = |key: &ConfigKey| *key > WebauthnAuthenticatorAttachment;
    let all = ConfigKey::ALL.iter().copied();
    all.clone().filter(early).chain(NAMED_LATE).chain(all.filter(last))
}

/// Translates a fault into the code and message of Pocket ID 2.14, where it has one.
fn worded(key: ConfigKey, text: &str, error: TextError) -> TextError {
    let is_format = error.code == "invalid_format";
    match key.value_type() {
        ValueType::Boolean if is_format => TextError::format("must be either true or false"),
        ValueType::Choice(_) if is_format => {
            TextError { code: "oneof", message: "is invalid".to_owned() }
        }
        ValueType::Integer { .. } if text.trim().parse::<i64>().is_err() && is_format => {
            TextError::format("must be an integer")
        }
        ValueType::GroupIds if !is_array_of(text, Value::is_string) => {
            TextError::format("must be a JSON array of strings")
        }
        ValueType::Claims if !is_array_of(text, is_claim) => TextError::format(
            "must be a JSON array of objects with string \"key\" and \"value\" properties",
        ),
        ValueType::AddressPatterns if is_format => {
            TextError::format("must be a JSON array of valid callback URL patterns")
        }
        _ => error,
    }
}

fn is_array_of(text: &str, is_item: fn(&Value) -> bool) -> bool {
    let items = serde_json::from_str::<Vec<Value>>(text);
    items.is_ok_and(|items| items.iter().all(is_item))
}

fn is_claim(value: &Value) -> bool {
    ["key", "value"].iter().all(|name| value.get(name).is_some_and(Value::is_string))
}
