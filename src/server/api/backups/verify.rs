//! `POST /api/backups/{name}/verify`

use std::sync::Arc;

use super::{
    refusal::refuse,
    target::{find, name, target},
};
use crate::{
    backup::{self, BackupContents, BackupName},
    model::{Place, Timestamp},
    server::{
        App,
        http::{ApiError, Request, Response},
    },
};

/// Proves that a backup can be restored, without restoring it. An encrypted one is decrypted with
/// `BACKUP_PASSPHRASE`.
pub(super) async fn verify(req: Request, text: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (name, target) = (name(&text)?, target(&req.app)?);
    let turn = req.line_up(req.app.backups())?.turn().await;
    let (app, now) = (Arc::clone(&req.app), req.head.now);
    let verified = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        verify_one(&app, target, &name, now)
    });
    Ok(Response::json(&verified.await.map_err(ApiError::internal)??))
}

fn verify_one(
    app: &App,
    target: Place,
    name: &BackupName,
    now: Timestamp,
) -> Result<BackupContents, ApiError> {
    let settings = &app.settings().backup;
    let (folder, found) = find(target, settings, name)?;
    let new_id = || app.new_id(now);
    let passphrase = settings.passphrase.as_ref();
    backup::verify_found(folder, &found, passphrase, &new_id).map_err(refuse)
}
