//! `GET /api/backups/{name}`

use std::sync::Arc;

use hyper::header::CONTENT_DISPOSITION;

use super::{
    refusal::refuse,
    target::{find, name, target},
};
use crate::{
    backup::BackupStream,
    model::{Concerned, EventKind},
    server::{
        guarded::{Asker, allow_backup},
        http::{ApiError, Pieces, Request, Response},
    },
};

/// The media types of an unencrypted and of an encrypted backup.
pub(super) const MEDIA: &[&str] = &["application/zip", "application/octet-stream"];

/// Sends a backup. One that is not encrypted gives away every account: it needs a passkey that was
/// used lately, and is not sent to programs with an API key.
pub(super) async fn download(req: Request, text: String) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let (name, target) = (name(&text)?, target(&req.app)?);
    let turn = req.line_up(req.app.backup_downloads())?.turn().await;
    let (app, wanted) = (Arc::clone(&req.app), name.clone());
    let opened = tokio::task::spawn_blocking(move || {
        let (folder, found) = find(target, &app.settings().backup, &wanted)?;
        let stream = BackupStream::open(folder.within(&found.name)).map_err(refuse)?;
        Ok::<_, ApiError>((stream, found.size, turn))
    });
    let (stream, size, turn) = opened.await.map_err(ApiError::internal)??;
    let (is_encrypted, asker) = (stream.is_encrypted(), Asker::of(&req));
    let allowed = req.act(name.to_string(), move |act, name| {
        allow_backup(act, &asker, is_encrypted)?;
        let data = [("name", name.clone()), ("isEncrypted", is_encrypted.to_string())];
        Ok::<_, ApiError>(act.audit(EventKind::BackupDownloaded, Concerned::INSTALLATION, data)?)
    });
    allowed.await?;
    let file = format!("attachment; filename=\"{name}\"");
    let pieces = Pieces::new(stream.start, stream.rest, size, turn);
    let response = Response::pieces(MEDIA[usize::from(is_encrypted)], pieces);
    Ok(response.header(CONTENT_DISPOSITION, &file).no_store())
}
