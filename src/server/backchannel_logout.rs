//! Tells a client that a session has ended (OIDC Back-Channel Logout 1.0).

use std::{sync::Arc, time::Duration};

use url::Url;

use super::{App, outbox::DeliveryFailure};
use crate::{
    crypto::jws,
    model::{Client, EndedSession, Timestamp},
    oidc::LogoutTokenClaims,
    outbound::Reach,
    store::{backchannel_logouts, clients, outbox::OutboxMessage},
};

/// The time limit for the client's answer.
pub(super) const TIME: Duration = Duration::from_secs(10);

/// Posts a form with the logout token (Back-Channel Logout §2.5). The client confirms with 200 or
/// 204 (§2.8).
pub(super) async fn deliver(
    app: &Arc<App>,
    message: &OutboxMessage,
    now: Timestamp,
) -> Result<(), DeliveryFailure> {
    let corrupt = || DeliveryFailure::Final("the stored notice cannot be read".to_owned());
    let ended = backchannel_logouts::ended_session(message).ok_or_else(corrupt)?;
    let id = ended.client_id.clone();
    let found = app.store().read(move |tx| clients::find(tx, &id)).await;
    let client = found.map_err(|error| DeliveryFailure::Refused(error.to_string()))?;
    // The client or its URI may have been removed meanwhile.
    let Some(client) = client else { return Ok(()) };
    let Some(uri) = &client.backchannel_logout_uri else { return Ok(()) };
    let url = Url::parse(uri).map_err(|error| DeliveryFailure::Refused(error.to_string()))?;
    let token = sign(app, &ended, &client, now).await.map_err(DeliveryFailure::Refused)?;
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("logout_token", &token)
        .finish();
    let answer = app.outbound().post_form(&url, Reach::Anywhere, TIME, form).await;
    match answer.map_err(|error| DeliveryFailure::Silent(error.to_string()))?.status {
        200 | 204 => Ok(()),
        status => Err(DeliveryFailure::Refused(format!("it answered {status}"))),
    }
}

async fn sign(
    app: &Arc<App>,
    ended: &EndedSession,
    client: &Client,
    now: Timestamp,
) -> Result<String, String> {
    let algorithm = client.id_token_signed_response_alg;
    let claims = LogoutTokenClaims::new(app.issuer(), ended, app.new_id(now), now);
    let app = Arc::clone(app);
    let signed = tokio::task::spawn_blocking(move || {
        let key = app.signing_key(algorithm, now).map_err(|error| error.to_string())?;
        Ok(jws::sign(&key, "logout+jwt", &claims))
    });
    signed.await.map_err(|error| error.to_string())?
}
