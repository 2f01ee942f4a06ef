//! The default name of a new passkey. The model of the authenticator is unproven: use it for naming
//! only.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    model::PasskeyName,
    server::{messages::Messages, pages::known_browser},
};

/// The longest name, in characters.
const LENGTH: usize = 50;

/// The known facts about the authenticator that created a passkey.
#[derive(Debug)]
pub(super) struct PasskeyOrigin<'a> {
    /// Its model, if it is given.
    pub(super) aaguid: Option<Uuid>,
    /// The transports that reach it.
    pub(super) transports: &'a [String],
    /// The browser that it was used with.
    pub(super) user_agent: &'a str,
}

impl PasskeyOrigin<'_> {
    /// A name to recognise the passkey by: its model as in Pocket ID's list, else its kind, else
    /// the browser it was created with.
    pub(super) fn default_name(&self, messages: &Messages) -> PasskeyName {
        let name = self
            .model()
            .map(|model| messages.with("passkey.name.model", &[("model", &model)]))
            .or_else(|| self.is_security_key().then(|| messages.get("passkey.name.key").to_owned()))
            .or_else(|| {
                let browser = known_browser(self.user_agent, messages)?;
                Some(messages.with("passkey.name.browser", &[("browser", &browser)]))
            })
            .unwrap_or_else(|| messages.get("passkey.name.unknown").to_owned());
        let name: String = name.chars().take(LENGTH).collect();
        name.trim_end().parse().expect("the tables have plain names")
    }

    fn model(&self) -> Option<String> {
        // Parsed each time: registrations are rare, and the table would stay in memory.
        let mut models: BTreeMap<&str, String> =
            serde_json::from_str(include_str!("aaguids.json")).unwrap_or_default();
        models.remove(self.aaguid?.to_string().as_str())
    }

    /// Whether it is plugged in or held to the device, and is neither the device itself nor a
    /// phone.
    fn is_security_key(&self) -> bool {
        let is_any_of =
            |names: &[&str]| self.transports.iter().any(|t| names.contains(&t.as_str()));
        is_any_of(&["usb", "nfc", "ble", "smart-card"]) && !is_any_of(&["internal", "hybrid"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::messages::Locale;

    #[test]
    fn every_model_gives_a_name_in_every_language() {
        let models: BTreeMap<Uuid, String> =
            serde_json::from_str(include_str!("aaguids.json")).unwrap();
        assert!(models.len() > 300);
        for locale in [Locale::En, Locale::ZhCn] {
            let messages = Messages::of(locale);
            let name = |aaguid| {
                PasskeyOrigin { aaguid, transports: &[], user_agent: "" }.default_name(messages)
            };
            let unknown = name(None);
            assert!(models.keys().all(|id| name(Some(*id)).as_str() != unknown.as_str()));
        }
    }
}
