//! `PUT /api/application-configuration`

use super::{document::AppConfigBody, view};
use crate::{
    operations::{Refusal, app_config},
    server::{
        http::{ApiError, Request, Response},
        live_config::StoredConfig,
    },
};

/// Replaces the configuration. This server applies it at once, other servers within a second.
pub(super) async fn replace(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?.json::<AppConfigBody>().await?;
    let input = (req.app.app_config_keeper(), req.body.check()?);
    let replaced = req.act(input, |act, (keeper, edits)| {
        app_config::replace(act, keeper, edits)?;
        Ok::<_, Refusal>(StoredConfig::read(act)?)
    });
    let chosen = replaced.await?;
    let config = req.app.config_of(&chosen);
    req.app.notice_app_config(chosen);
    Ok(Response::json(&view::all(&config)))
}
