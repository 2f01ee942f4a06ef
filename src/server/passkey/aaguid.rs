//! Names of authenticator models, to call a new passkey by. The model is unproven: for naming only.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::model::PasskeyName;

/// What to call a passkey of a model.
pub(super) fn default_name(aaguid: Option<Uuid>) -> PasskeyName {
    // Parsed each time: registrations are rare, and the table would stay in memory.
    let models: BTreeMap<&str, &str> =
        serde_json::from_str(include_str!("aaguids.json")).unwrap_or_default();
    let model = aaguid.and_then(|id| models.get(id.to_string().as_str()).copied());
    let name = model.map_or("New Passkey".to_owned(), |model| format!("{model} Passkey"));
    let name: String = name.chars().take(50).collect();
    name.parse().expect("the table has plain names")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_model_gives_a_name() {
        let models: BTreeMap<Uuid, String> =
            serde_json::from_str(include_str!("aaguids.json")).unwrap();
        assert!(models.len() > 300);
        for aaguid in models.into_keys() {
            assert_ne!(default_name(Some(aaguid)).as_str(), "New Passkey");
        }
        assert_eq!(default_name(None).as_str(), "New Passkey");
    }
}
