//! The references in a document that comes by the REST API.

use std::collections::BTreeMap;

use crate::{
    configuration::{Sources, quoted},
    crypto::{MasterKey, Secret},
    model::ConfigKey,
    store::{StoreError, Tx, app_config},
};

/// The secret settings, by the names of their variables. Nothing else can be referred to: an
/// administrator may not read the environment or the files of the server through it.
pub(super) struct StoredSecrets(BTreeMap<&'static str, Secret>);

impl StoredSecrets {
    /// Reads the secret settings. An exported document refers to each by its variable, and keeps
    /// its value when it comes back.
    pub(super) fn read(tx: &mut Tx<'_>, master_key: &MasterKey) -> Result<Self, StoreError> {
        let mut secrets = BTreeMap::new();
        for entry in app_config::list(tx)? {
            let key = ConfigKey::parse(&entry.key).filter(|key| key.is_secret());
            if let Some((key, text)) = key.zip(entry.text(Some(master_key))) {
                secrets.insert(key.env(), text);
            }
        }
        Ok(Self(secrets))
    }
}

impl Sources for StoredSecrets {
    fn variable(&self, name: &str) -> Result<Secret, String> {
        self.0.get(name).cloned().ok_or_else(|| {
            format!(
                "the REST API reads no variables of the server; {{env: {}}} works for a \
                 secret setting with this variable that is stored, and keeps it",
                quoted(name)
            )
        })
    }

    fn file(&self, _: &str, _: usize) -> Result<Vec<u8>, String> {
        Err("the REST API reads no files of the server; write a picture as {base64: ...}"
            .to_owned())
    }
}
