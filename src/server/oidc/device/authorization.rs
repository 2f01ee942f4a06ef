//! `POST /api/oidc/device/authorize` (RFC 8628 §3.1)

use serde::Serialize;

use super::is_allowed;
use crate::{
    crypto::BearerToken,
    model::{Client, DeviceCode, DeviceCodeStatus, GrantId, GrantType, Scope, UserCode},
    oidc::{
        OAuthError, OAuthErrorCode, Params,
        device::{DEVICE_CODE_SECONDS, INTERVAL_SECONDS},
    },
    operations::clients::ssh_client_id,
    server::{
        http::{Authorised, Request, Response},
        oidc::api_access::find_scope,
        pending::{NewRow, Payer},
    },
    store::{StoreError, device_codes, room::PendingTable},
};

/// The prefix of device codes, so that a leaked code can be recognised.
pub(in crate::server::oidc) const DEVICE_CODE_PREFIX: &str = "pocket_id_dc_";

/// How often a user code is drawn again when another device has the same one.
const DRAWS: usize = 3;

/// RFC 8628 §3.2
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(in crate::server::oidc) struct DeviceAuthorization {
    device_code: String,
    user_code: String,
    verification_uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    verification_uri_complete: Option<String>,
    expires_in: i64,
    interval: i64,
}

/// Gives a device its device code, and the user code for its user to type.
pub(in crate::server) async fn authorize(req: Request) -> Result<Response, OAuthError> {
    let req = req.form().await?.authenticate_client().await?;
    if !req.who.may_use(GrantType::DeviceCode) {
        let detail = "its metadata does not list the grant type";
        return Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, detail));
    }
    if !is_allowed(&req.app, &req.who) {
        let detail = "sshDeviceLogin is off";
        return Err(OAuthError::new(OAuthErrorCode::UnauthorizedClient, detail));
    }
    let code = pending(&req).await?;
    let token = BearerToken::generate(DEVICE_CODE_PREFIX, code.id.0, req.app.rng());
    let bytes = code.scope.to_string().len()
        + code.resource.as_ref().map_or(0, |resource| resource.to_string().len());
    let row = NewRow { id: token.id().into(), bytes, life: (code.requested_at, code.expires_at) };
    let payer = Payer::client(&req.who, req.head.client_ip);
    let room = req.app.room_for(PendingTable::DeviceCodes, payer, &row)?;
    let mut draws = 0;
    let user_code = loop {
        draws += 1;
        let user_code = UserCode::generate(req.app.rng());
        let (token, row) = (token.clone(), code.clone());
        let shown = user_code.digest(req.app.codes());
        let stored = req.app.store_row(room.clone(), move |tx, room| {
            device_codes::insert(tx, room, &token, shown, &row)
        });
        match stored.await {
            Err(StoreError::Conflict) if draws < DRAWS => {}
            stored => break stored.map(|()| user_code)?,
        }
    };
    let verification_uri = format!("{}/device", req.app.issuer());
    let answer = DeviceAuthorization {
        device_code: token.expose().to_owned(),
        user_code: user_code.expose().to_owned(),
        // RFC 8628 §5.4: an address with the code in it is easily sent to somebody else.
        verification_uri_complete: (req.who.id != ssh_client_id())
            .then(|| format!("{verification_uri}?user_code={}", user_code.expose())),
        verification_uri,
        expires_in: DEVICE_CODE_SECONDS,
        interval: INTERVAL_SECONDS,
    };
    Ok(Response::json(&answer).no_store().log_client(req.who.id.as_str()))
}

async fn pending(req: &Authorised<Client, Params>) -> Result<DeviceCode, OAuthError> {
    let now = req.head.now;
    let asked = req.body.value("scope").unwrap_or_default();
    let scope = Scope::requested(asked, |name| req.who.has_scope(name));
    let scope = req.who.allowed_scope(scope);
    let (scope, resource) = find_scope(&req.app, &req.who, &req.body, scope).await?;
    Ok(DeviceCode {
        id: GrantId(req.app.new_id(now)),
        client_id: req.who.id.clone(),
        scope,
        resource,
        ip_address: req.head.client_ip.to_string(),
        status: DeviceCodeStatus::Pending,
        interval_seconds: INTERVAL_SECONDS,
        polled_at: None,
        requested_at: now,
        expires_at: now.plus(DEVICE_CODE_SECONDS),
    })
}
