//! `PUT /api/application-configuration`

use super::{document::AppConfigBody, view};
use crate::{
    operations::app_config,
    server::{
        guarded::{Asker, GuardedChange, ssh_access, trusted_servers::lead_in},
        http::{ApiError, Request, Response},
        live_config::StoredConfig,
    },
};

/// Replaces the configuration. This server applies it at once, other servers within a second. Which directory
/// users come from, how login codes are mailed, and what decides about SSH certificates, change only with a passkey.
pub(super) async fn replace(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<AppConfigBody>().await?;
    let input = (req.app.app_config_keeper(), req.body.check()?);
    let asker = Asker::of(&req);
    let replaced = req.act(input, move |act, (keeper, edits)| {
        let changed = app_config::replace(act, keeper, edits)?;
        if lead_in(act, &asker, &changed)? {
            GuardedChange::ChangeTrustedServer.allow(act, &asker)?;
        } else if ssh_access::is_set_by(act, &changed)? {
            GuardedChange::GrantSshAccess.allow(act, &asker)?;
        }
        Ok::<_, ApiError>(StoredConfig::read(act)?)
    });
    let chosen = replaced.await?;
    let config = req.app.config_of(&chosen);
    req.app.notice_app_config(chosen);
    Ok(Response::json(&view::all(&config)))
}
