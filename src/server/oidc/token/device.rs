//! `grant_type=urn:ietf:params:oauth:grant-type:device_code` (RFC 8628 §3.4)

use super::{
    issue::{TokenResponse, find_subject},
    redemption::{CredentialState, PresentedCredential, check_access, redeem_once, refuse},
};
use crate::{
    crypto::BearerToken,
    model::{Client, DeviceCodeStatus, Resource, Timestamp},
    oidc::{
        OAuthError, OAuthErrorCode, Params,
        device::{check, next_pause},
        refresh::check_grant,
        resource,
    },
    server::{
        App,
        http::Authorised,
        oidc::{
            binding::Binding,
            device::{authorization::DEVICE_CODE_PREFIX, is_allowed},
        },
    },
    store::{StoreError, Tx, device_codes, grants::Subject},
};

/// Exchanges an approved device code for tokens, once.
pub(super) async fn redeem(
    req: Authorised<Client, Params>,
    binding: Binding,
) -> Result<TokenResponse, OAuthError> {
    let (app, client, now) = (req.app, req.who, req.head.now);
    // The code may be from before a restart with another setting.
    if !is_allowed(&app, &client) {
        let detail = "sign-ins on other devices are off";
        return Err(OAuthError::new(OAuthErrorCode::AccessDenied, detail));
    }
    let token = BearerToken::parse(DEVICE_CODE_PREFIX, req.body.required("device_code")?)
        .ok_or_else(|| refuse("the device code is malformed"))?;
    let resource = resource::read(&req.body)?;
    let device = Device { token, resource, client: client.clone(), binding, now };
    match redeem_once(&app, &client, device.clone(), now).await {
        Err(error) if error.code == OAuthErrorCode::AuthorizationPending => {
            Err(device.wait(&app, error).await?)
        }
        result => result,
    }
}

/// A device code as a client presents it.
#[derive(Clone)]
struct Device {
    token: BearerToken,
    resource: Option<Resource>,
    client: Client,
    binding: Binding,
    now: Timestamp,
}

impl PresentedCredential for Device {
    const KIND: &'static str = "device_code";

    fn find(&self, tx: &mut Tx<'_>) -> Result<CredentialState, OAuthError> {
        let code = device_codes::find(tx, &self.token)?
            .ok_or_else(|| refuse("there is no such device code"))?;
        if code.status == DeviceCodeStatus::Consumed && code.client_id == self.client.id {
            return Ok(CredentialState::Replayed(find_subject(tx, code.id, self.now)?));
        }
        check(&code, &self.client.id, self.now)?;
        let subject = find_subject(tx, code.id, self.now)?;
        check_grant(&subject.grant, &self.client, &subject.user)?;
        check_access(tx, &self.client, &subject, self.resource.as_ref(), self.now)?;
        Ok(CredentialState::Good(subject, None))
    }

    fn binding(&self) -> &Binding {
        &self.binding
    }

    fn consume(&self, tx: &mut Tx<'_>, subject: &Subject) -> Result<(), OAuthError> {
        let (from, to) = (DeviceCodeStatus::Approved, DeviceCodeStatus::Consumed);
        Ok(device_codes::move_on(tx, subject.grant.id, from, to)?)
    }
}

impl Device {
    /// Records an unsuccessful poll. Returns the error for the client: the user has not answered
    /// yet, or the client polls too often.
    async fn wait(self, app: &App, pending: OAuthError) -> Result<OAuthError, StoreError> {
        let noted = app.store().write(move |tx| {
            let code = device_codes::find(tx, &self.token)?;
            let is_pending = |status| status == DeviceCodeStatus::Pending;
            // The user may have answered just now: the next poll will see it.
            let Some(code) = code.filter(|code| is_pending(code.status)) else { return Ok(false) };
            // Polls of one second are one: they would all write the same row.
            if code.polled_at == Some(self.now) {
                return Ok(true);
            }
            let (pause, is_early) = next_pause(&code, self.now);
            device_codes::record_poll(tx, code.id, self.now, pause)?;
            Ok::<_, StoreError>(is_early)
        });
        Ok(if noted.await? {
            OAuthError::new(OAuthErrorCode::SlowDown, "the client polls too often")
        } else {
            pending
        })
    }
}
