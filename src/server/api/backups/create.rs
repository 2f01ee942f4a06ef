//! `POST /api/backups`

use std::sync::Arc;

use hyper::StatusCode;

use super::{
    refusal::{refuse, running},
    target::target,
    view::BackupView,
};
use crate::{
    model::{Concerned, EventKind, Place},
    server::{
        backups::{make, while_renewing},
        http::{ApiError, Authorised, Request, Response, account::Account},
    },
    store::{StoreError, scheduled_backups},
};

/// Makes a backup in `BACKUP_TARGET`, encrypted if `BACKUP_PASSPHRASE` is set. If the request times
/// out, the backup is completed all the same.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let (req, _body) = req.require_admin().await?.take_body();
    let target = target(&req.app)?;
    // A task of its own goes on when the caller is gone.
    tokio::spawn(make_one(req, target)).await.map_err(ApiError::internal)?
}

async fn make_one(req: Authorised<Account, ()>, target: Place) -> Result<Response, ApiError> {
    let (app, now) = (Arc::clone(&req.app), req.head.now);
    let holder = app.new_request_id();
    let begun = req.act(holder.clone(), move |act, holder| {
        if scheduled_backups::renew(act, holder, now)? { Ok(()) } else { Err(running()) }
    });
    begun.await?;
    let working = Arc::clone(&app);
    // The client of S3 has to be dropped on the thread of the work, too.
    let work = move || make(&working, target, None, now).map(|(_, stored)| stored);
    let made = while_renewing(&app, &holder, scheduled_backups::renew, work).await;
    let name = made.as_ref().ok().map(|stored| stored.name.to_string());
    let ended = req.finish((holder, name), |act, (holder, name)| {
        scheduled_backups::give_up(act, holder)?;
        let Some(name) = name else { return Ok(()) };
        let data = [("name", name.clone())];
        act.audit(EventKind::BackupCreated, Concerned::INSTALLATION, data)
    });
    ended.await.map_err(|error: StoreError| ApiError::from(error))?;
    let stored = made.map_err(refuse)?;
    Ok(Response::json(&BackupView::from(stored)).status(StatusCode::CREATED))
}
