//! `/api/application-configuration/sync-ldap`

use hyper::StatusCode;

use crate::{
    directory::{DirectorySample, LastSync, SyncFault},
    model::{Concerned, ConfigKey, EventKind},
    server::{
        directory::{ServerSyncFault, read, sync as sync_now},
        guarded::{Asker, GuardedChange},
        http::{ApiError, Request, Response, flag::asks},
    },
};

/// `POST`: takes over users and groups from the directory. Refused when more than a fifth of them would leave,
/// unless `confirm` is `true`.
pub(super) async fn sync(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let confirmed = asks(&req.head, "confirm")?;
    if !req.app.config().flag(ConfigKey::LdapEnabled) {
        return Err(ApiError::new(StatusCode::CONFLICT, "ldap_disabled", "LDAP is not enabled"));
    }
    let asker = Asker::of(&req);
    let begun = req.act(confirmed, move |act, confirmed| {
        if *confirmed {
            GuardedChange::ChangeTrustedServer.allow(act, &asker)?;
        }
        let data = [("confirmed", confirmed.to_string())];
        act.audit(EventKind::DirectorySyncRequested, Concerned::INSTALLATION, data)?;
        Ok::<_, ApiError>(())
    });
    begun.await?;
    match sync_now(&req.app, confirmed).await {
        Ok(_) => Ok(Response::no_content()),
        Err(fault) => Err(worded(&fault)),
    }
}

/// `GET`: how the last sync ended; `null` before the first one. Not part of Pocket ID.
pub(super) async fn show(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let app = req.app.clone();
    let last = tokio::task::spawn_blocking(move || LastSync::load(app.store()));
    let last: Option<LastSync> = last.await.map_err(ApiError::internal)??;
    Ok(Response::json(&last))
}

/// `POST .../test-ldap`: reads the directory, and says what is in it. Not part of Pocket ID.
pub(super) async fn test(req: Request) -> Result<Response, ApiError> {
    let req = req.require_admin().await?;
    let contents = read(&req.app).await.map_err(|fault| worded(&fault.into()))?;
    let sample: DirectorySample = contents.sample();
    Ok(Response::json(&sample))
}

fn worded(fault: &ServerSyncFault) -> ApiError {
    let (status, code) = match fault {
        ServerSyncFault::Busy => (StatusCode::CONFLICT, "ldap_sync_running"),
        ServerSyncFault::Unsafe(_) => (StatusCode::CONFLICT, "ldap_sync_unconfirmed"),
        ServerSyncFault::Failed(SyncFault::Setting(_)) => (StatusCode::CONFLICT, "ldap_incomplete"),
        ServerSyncFault::Failed(_) => (StatusCode::INTERNAL_SERVER_ERROR, "ldap_failed"),
    };
    let mut message = fault.to_string();
    if let Some(first) = message.get(..1).map(str::to_uppercase) {
        message.replace_range(..1, &first);
    }
    ApiError::new(status, code, message)
}
