//! `POST /api/device-login/requests`

use hyper::StatusCode;
use serde::Serialize;

use super::LIFETIME_SECONDS;
use crate::{
    crypto::BearerToken,
    model::{DeviceLogin, DeviceLoginCode, DeviceLoginStatus, Timestamp},
    server::{
        http::{ApiError, Request, Response, cookies::CookieKind},
        pending::{NewRow, Payer},
    },
    store::{StoreError, device_logins, room::PendingTable},
};

/// The polling interval for the device, in seconds.
const INTERVAL_SECONDS: i64 = 3;
/// The number of attempts to draw a code that no other device shows.
const DRAWS: usize = 3;

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct DeviceLoginView<'a> {
    id: &'a str,
    user_code: &'a str,
    verification_uri: &'a str,
    verification_uri_complete: String,
    expires_at: Timestamp,
    interval: i64,
}

/// Creates a request: responds with a code to show, and sets a cookie for the exchange.
pub(super) async fn create(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let now = req.head.now;
    let login = DeviceLogin {
        id: req.app.new_id(now),
        status: DeviceLoginStatus::Pending,
        ip_address: req.head.client_ip.to_string(),
        user_agent: req.head.user_agent(),
        requested_at: now,
        expires_at: now.plus(LIFETIME_SECONDS),
    };
    let token = BearerToken::generate("", login.id, req.app.rng());
    let bytes = login.ip_address.len() + login.user_agent.len();
    let row = NewRow { id: login.id.into(), bytes, life: (now, login.expires_at) };
    let payer = Payer::Stranger(req.head.client_ip);
    let room = req.app.room_for(PendingTable::DeviceLogins, payer, &row)?;
    let mut draws = 0;
    let code = loop {
        draws += 1;
        let code = DeviceLoginCode::generate(req.app.rng());
        let (digest, token, row) = (code.digest(req.app.codes()), token.clone(), login.clone());
        let stored = req.app.store_row(room.clone(), move |tx, room| {
            device_logins::insert(tx, room, &token, digest, &row)
        });
        match stored.await {
            Err(StoreError::Conflict) if draws < DRAWS => {}
            stored => break stored.map(|()| code)?,
        }
    };
    let verification_uri = format!("{}/device", req.app.issuer());
    let view = DeviceLoginView {
        id: code.expose(),
        user_code: code.expose(),
        verification_uri_complete: format!("{verification_uri}?user_code={}", code.expose()),
        verification_uri: &verification_uri,
        expires_at: login.expires_at,
        interval: INTERVAL_SECONDS,
    };
    let cookie = req.app.cookies().set(CookieKind::DeviceLogin, token.expose(), LIFETIME_SECONDS);
    Ok(Response::json(&view).status(StatusCode::CREATED).cookie(&cookie))
}
