//! The inputs for reading and changing an installation.

use crate::{crypto::MasterKey, model::Timestamp, operations::app_config::Keeper};

/// The inputs for reading and changing an installation.
pub struct Tools<'a> {
    pub now: Timestamp,
    /// The address of this provider.
    pub issuer: &'a str,
    /// Opens and seals the secrets among the settings.
    pub master_key: Option<&'a MasterKey>,
    /// The store of the application configuration.
    pub app_config: &'a Keeper,
    /// The value of `emailsVerified` in the environment; false if it is not set there.
    pub emails_verified_elsewhere: bool,
}
