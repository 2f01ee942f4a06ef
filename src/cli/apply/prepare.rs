//! The inputs of the terminal for reading and changing an installation.

use super::super::{context::Context, error::CliError};
use crate::{
    configuration::Workshop,
    encryption_key,
    model::AppConfig,
    server,
    store::{Store, sealed},
};

/// Prepares work on an installation. Without `writes`, creates no encryption key where there is
/// none yet.
pub fn prepare(ctx: &Context, store: &Store, writes: bool) -> Result<Workshop, CliError> {
    let settings = ctx.settings()?;
    let has_key = || store.read_blocking(sealed::proof).map(|proof| proof.is_some());
    let master_key = if writes || has_key()? {
        Some(encryption_key::unlock(settings, store, ctx.rng().as_ref())?)
    } else {
        None
    };
    Ok(Workshop {
        now: ctx.now(),
        issuer: settings.app_url.as_str().to_owned(),
        app_config: server::app_config_keeper(settings, master_key.clone()),
        master_key,
        emails_verified_elsewhere: settings
            .app_config
            .as_ref()
            .is_some_and(AppConfig::emails_verified),
    })
}
