//! The application configuration: settings that administrators can change while the server runs.

mod adopt;
mod replace;
mod reset;
mod set;

pub use adopt::adopt;
pub use replace::replace;
pub use reset::reset;
pub use set::set;

use super::{Act, Refusal};
use crate::{
    crypto::{MasterKey, Secret},
    model::{ConfigKey, text::TextError},
};

/// Where the configuration is kept.
#[derive(Debug, Clone)]
pub enum Keeper {
    /// In the database. Secrets are sealed under this key; without it no secret can be set.
    Database(Option<Box<MasterKey>>),
    /// In the environment variables of the server, which makes it read-only here.
    Environment,
}

impl Keeper {
    /// The encryption key, if the configuration is in the database. Refuses edits while it is in
    /// the environment, where they would have no effect.
    fn master_key(&self, edits: &[ConfigEdit]) -> Result<Option<&MasterKey>, Refusal> {
        match (self, edits.first()) {
            (Self::Environment, Some(edit)) => Err(Refusal::AppConfigInEnvironment(edit.key)),
            (Self::Environment, None) => Ok(None),
            (Self::Database(master_key), _) => Ok(master_key.as_deref()),
        }
    }
}

/// A change of one configuration key.
#[derive(Debug, Clone)]
pub struct ConfigEdit {
    key: ConfigKey,
    /// The new value; `None` resets to the default.
    value: Option<Secret>,
}

impl ConfigEdit {
    /// Sets a key to this value. An empty text resets it to its default.
    pub fn parse(key: ConfigKey, text: &str) -> Result<Self, TextError> {
        let value = key.check(text)?;
        Ok(Self { key, value: (!value.is_empty()).then(|| Secret::new(value)) })
    }

    /// Resets a key to its default.
    pub fn reset(key: ConfigKey) -> Self {
        Self { key, value: None }
    }

    /// The value of the key after the edit.
    pub fn text(&self) -> &str {
        self.value.as_ref().map_or(self.key.default_value(), Secret::expose)
    }

    /// Whether the edit resets the key to its default.
    pub fn is_reset(&self) -> bool {
        self.value.is_none()
    }
}
