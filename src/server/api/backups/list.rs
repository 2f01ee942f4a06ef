//! `GET /api/backups`

use std::sync::Arc;

use super::{refusal::refuse, target::folder, view::BackupsView};
use crate::{
    server::http::{ApiError, Request, Response},
    store::backup_verifications,
};

/// Shows the settings of backups, and lists the backups in `BACKUP_TARGET`, the newest first.
pub(super) async fn list(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let turn = req.line_up(req.app.backups())?.turn().await;
    let (app, now) = (Arc::clone(&req.app), req.head.now);
    let found = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        let settings = &app.settings().backup;
        let Some(target) = settings.target.clone() else { return Ok(Vec::new()) };
        folder(target, settings)?.list()
    });
    let found = found.await.map_err(ApiError::internal)?.map_err(refuse)?;
    let last = req.app.store().read(backup_verifications::last).await?;
    let view = BackupsView::new(&req.app.settings().backup, last, found, now);
    Ok(Response::json(&view).no_store())
}
