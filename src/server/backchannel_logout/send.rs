//! Sends one notice: claims it, signs it, sends it, and settles it by the client's answer.

use std::{sync::Arc, time::Duration};

use url::Url;

use super::super::App;
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

/// The time limit for the client's answer.
const TIME: Duration = Duration::from_secs(10);
/// The wait after each failed attempt, in seconds. There is no retry after the last.
const PAUSES: [i64; 5] = [15, 60, 300, 1_800, 7_200];
/// How long the last attempt stays claimed by the server that makes it, in seconds.
const LAST: i64 = 60;
/// How long a client that did not answer is left alone, in seconds.
const REST: i64 = 60;

/// The outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SendOutcome {
    /// The client answered, with success or an error, or there was nothing to send.
    Settled,
    /// The client did not answer.
    Silent,
}

/// The reason why a client was not notified.
enum Failure {
    /// The client answered with an error, or the token could not be signed.
    Refused(String),
    /// The client did not answer.
    Silent(String),
}

impl Failure {
    fn cause(&self) -> &str {
        match self {
            Self::Refused(cause) | Self::Silent(cause) => cause,
        }
    }
}

/// Sends a notice, unless another server has claimed it.
pub(super) async fn send(
    app: Arc<App>,
    notice: BackchannelLogout,
) -> Result<SendOutcome, StoreError> {
    let now = app.now();
    let pause = usize::try_from(notice.attempts).ok().and_then(|tries| PAUSES.get(tries));
    let again_at = now.plus(pause.copied().unwrap_or(LAST));
    let (claimed, id) = (notice.clone(), notice.ended.client_id.clone());
    let client = app.store().write(move |tx| {
        let is_ours = backchannel_logouts::claim(tx, &claimed, again_at)?;
        let client = clients::find(tx, &id)?.filter(|_| is_ours);
        Ok::<_, StoreError>(client)
    });
    let Some(client) = client.await? else { return Ok(SendOutcome::Settled) };
    let result = deliver(&app, &notice, &client, now).await;
    log(&client, &result, pause.is_some());
    let outcome = match &result {
        Err(Failure::Silent(_)) => SendOutcome::Silent,
        Ok(()) | Err(Failure::Refused(_)) => SendOutcome::Settled,
    };
    let is_over = result.is_ok() || pause.is_none();
    let rests_until = app.now().plus(REST);
    let settle = app.store().write(move |tx| {
        if is_over {
            backchannel_logouts::delete(tx, &notice)?;
        }
        if outcome == SendOutcome::Silent {
            backchannel_logouts::postpone(tx, &notice.ended.client_id, rests_until)?;
        }
        Ok::<_, StoreError>(())
    });
    if is_over || outcome == SendOutcome::Silent {
        settle.await?;
    }
    Ok(outcome)
}

fn log(client: &Client, result: &Result<(), Failure>, is_tried_again: bool) {
    let client = client.id.as_str();
    match result {
        Ok(()) => tracing::info!(client, "sent a logout notice to a client"),
        Err(failure) if is_tried_again => tracing::warn!(
            client,
            cause = failure.cause(),
            "could not send a logout notice to a client; will try again"
        ),
        Err(failure) => tracing::error!(
            client,
            cause = failure.cause(),
            "could not send a logout notice to a client; gave up"
        ),
    }
}

/// Posts a form with the logout token (Back-Channel Logout §2.5). The client confirms with 200 or
/// 204 (§2.8).
async fn deliver(
    app: &Arc<App>,
    notice: &BackchannelLogout,
    client: &Client,
    now: Timestamp,
) -> Result<(), Failure> {
    // The URI may have been removed meanwhile.
    let Some(uri) = &client.backchannel_logout_uri else { return Ok(()) };
    let url = Url::parse(uri).map_err(|error| Failure::Refused(error.to_string()))?;
    let token = sign(app, notice, client, now).await.map_err(Failure::Refused)?;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", &token)
        .finish();
    let answer = app.outbound().post_form(&url, Reach::Anywhere, TIME, form).await;
    match answer.map_err(|error| Failure::Silent(error.to_string()))?.status {
        200 | 204 => Ok(()),
        status => Err(Failure::Refused(format!("it answered {status}"))),
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
