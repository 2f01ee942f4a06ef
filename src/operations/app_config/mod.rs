//! The application configuration: what administrators may change while the server runs.

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
    /// In the database. Secrets are sealed under this key; without it none can be set.
    Database(Option<Box<MasterKey>>),
    /// In the environment of the server, so that nothing can be changed here.
    Environment,
}

impl Keeper {
    /// The encryption key, if the database keeps the configuration. Refuses a change that would have no effect.
    fn master_key(&self, edits: &[ConfigEdit]) -> Result<Option<&MasterKey>, Refusal> {
        match (self, edits.first()) {
            (Self::Environment, Some(edit)) => Err(Refusal::AppConfigInEnvironment(edit.key)),
            (Self::Environment, None) => Ok(None),
            (Self::Database(master_key), _) => Ok(master_key.as_deref()),
        }
    }
}

/// What is to become of one key.
#[derive(Debug, Clone)]
pub struct ConfigEdit {
    key: ConfigKey,
    /// The new value; `None` is the default.
    value: Option<Secret>,
}

impl ConfigEdit {
    /// Gives a key this value. An empty text is the default.
    pub fn parse(key: ConfigKey, text: &str) -> Result<Self, TextError> {
        let value = key.check(text)?;
        Ok(Self { key, value: (!value.is_empty()).then(|| Secret::new(value)) })
    }

    /// Gives a key its default.
    pub fn reset(key: ConfigKey) -> Self {
        Self { key, value: None }
    }

    /// The value that the key will have.
    pub fn text(&self) -> &str {
        self.value.as_ref().map_or(self.key.default_value(), Secret::expose)
    }

    /// Whether the key gets its default.
    pub fn is_reset(&self) -> bool {
        self.value.is_none()
    }
}
