//! Telling clients that a session has ended (OIDC Back-Channel Logout 1.0).
//!
//! What is to be told is in the database from the moment that the session ends, so that nothing is
//! forgotten when a server stops; whichever server comes first sends it.

use std::{sync::Arc, time::Duration};

use url::Url;

use super::App;
use crate::{
    crypto::jws,
    model::{Client, Timestamp},
    oidc::LogoutTokenClaims,
    outbound::Reach,
    store::{
        StoreError,
        backchannel_logouts::{self, BackchannelLogout},
        clients,
    },
};

/// How often it is looked for what others have left undone.
const INTERVAL: Duration = Duration::from_secs(15);
/// How long an answer may take.
const TIME: Duration = Duration::from_secs(10);
/// How many are sent at a time.
const BATCH: i64 = 32;
/// How long it is waited after each attempt, in seconds; after the last one it is given up.
const PAUSES: [i64; 5] = [15, 60, 300, 1_800, 7_200];
/// How long the last attempt is left to whoever makes it, in seconds.
const LAST: i64 = 60;

/// Sends what is due until it is aborted.
pub(super) async fn run(app: Arc<App>) {
    loop {
        let queued = app.backchannel_logout_queue().notified();
        drop(tokio::time::timeout(INTERVAL, queued).await);
        loop {
            match send_due(&app).await {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    tracing::warn!(%error, "could not tell clients of logouts");
                    break;
                }
            }
        }
    }
}

/// Sends a batch of what is due. `true` when there may be more.
async fn send_due(app: &Arc<App>) -> Result<bool, StoreError> {
    let now = app.now();
    let due = app.store().read(move |tx| backchannel_logouts::list_due(tx, now, BATCH)).await?;
    let is_full = i64::try_from(due.len()) == Ok(BATCH);
    let sending: Vec<_> =
        due.into_iter().map(|notice| tokio::spawn(send_one(Arc::clone(app), notice))).collect();
    for one in sending {
        // A panic in one of them is its own; it is tried again.
        if let Ok(Err(error)) = one.await {
            return Err(error);
        }
    }
    Ok(is_full)
}

async fn send_one(app: Arc<App>, notice: BackchannelLogout) -> Result<(), StoreError> {
    let now = app.now();
    let pause = usize::try_from(notice.attempts).ok().and_then(|tries| PAUSES.get(tries));
    let again_at = now.plus(pause.copied().unwrap_or(LAST));
    let (claimed, id) = (notice.clone(), notice.ended.client_id.clone());
    let client = app.store().write(move |tx| {
        let is_ours = backchannel_logouts::claim(tx, &claimed, again_at)?;
        let client = clients::find(tx, &id)?.filter(|_| is_ours);
        Ok::<_, StoreError>(client)
    });
    let Some(client) = client.await? else { return Ok(()) };
    let result = deliver(&app, &notice, &client, now).await;
    match (&result, pause) {
        (Ok(()), _) => tracing::info!(client = client.id.as_str(), "told a client of a logout"),
        (Err(cause), Some(_)) => {
            tracing::warn!(
                client = client.id.as_str(),
                cause,
                "could not tell a client of a logout; will try again"
            );
            return Ok(());
        }
        (Err(cause), None) => {
            tracing::error!(
                client = client.id.as_str(),
                cause,
                "could not tell a client of a logout; gave up"
            );
        }
    }
    app.store().write(move |tx| backchannel_logouts::delete(tx, &notice)).await
}

/// Back-Channel Logout §2.5 and §2.8: a form with the token, answered by 200 or 204.
async fn deliver(
    app: &Arc<App>,
    notice: &BackchannelLogout,
    client: &Client,
    now: Timestamp,
) -> Result<(), String> {
    // It may have been taken away meanwhile.
    let Some(uri) = &client.backchannel_logout_uri else { return Ok(()) };
    let url = Url::parse(uri).map_err(|error| error.to_string())?;
    let token = sign(app, notice, client, now).await?;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", &token)
        .finish();
    let answer = app.outbound().post_form(&url, Reach::Anywhere, TIME, form).await;
    match answer.map_err(|error| error.to_string())?.status {
        200 | 204 => Ok(()),
        status => Err(format!("it answered {status}")),
    }
}

async fn sign(
    app: &Arc<App>,
    notice: &BackchannelLogout,
    client: &Client,
    now: Timestamp,
) -> Result<String, String> {
    let algorithm = client.id_token_signed_response_alg;
    let claims = LogoutTokenClaims::new(app.issuer(), &notice.ended, app.new_id(now), now);
    let app = Arc::clone(app);
    let signed = tokio::task::spawn_blocking(move || {
        let key = app.signing_key(algorithm, now).map_err(|error| error.to_string())?;
        Ok(jws::sign(&key, "logout+jwt", &claims))
    });
    signed.await.map_err(|error| error.to_string())?
}
