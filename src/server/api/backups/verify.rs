//! `POST /api/backups/{name}/verify`

use std::sync::Arc;

use hyper::StatusCode;

use super::{
    refusal::refuse,
    target::{find, name, target},
};
use crate::{
    backup::{self, Archive, BackupContents, BackupError, BackupName, Unseen, protected},
    model::{Place, Timestamp},
    server::{
        App,
        http::{ApiError, Request, Response},
    },
};

/// Proves that a backup can be restored, without restoring it. An encrypted one is decrypted with
/// `BACKUP_PASSPHRASE`. Where that is set, or the name ends in `.age`, a backup that is not
/// encrypted is refused: it may be forged.
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
    let (place, _size) = find(target, settings, name)?;
    let mut file = place.open(app.new_id(now)).map_err(refuse)?;
    match (protected::is_encrypted(&file).map_err(refuse)?, &settings.passphrase) {
        (true, Some(passphrase)) => {
            let decrypted = protected::decrypt(file, passphrase, app.new_id(now));
            file = decrypted.map_err(refuse)?;
        }
        (true, None) => return Err(no_passphrase()),
        (false, None) if !name.is_encrypted => {}
        (false, _) => {
            let fault = "it is not encrypted, although it should be: it may be a forged \
                         replacement of your backup";
            return Err(refuse(BackupError::Damaged(fault.to_owned())));
        }
    }
    let verified = Archive::open(file).and_then(|mut open| backup::verify(&mut open, &Unseen));
    verified.map_err(refuse)
}

fn no_passphrase() -> ApiError {
    let message = "BACKUP_PASSPHRASE is not set, and this backup is encrypted. Set it and restart \
                   the server, or verify the backup at the terminal";
    ApiError::new(StatusCode::CONFLICT, "backup_passphrase_not_set", message)
}
