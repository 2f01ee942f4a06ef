//! `/api/webauthn/register/{start,finish}`: registering a passkey (WebAuthn L3 §7.1)

use hyper::StatusCode;
use webauthn_rs::prelude::{PasskeyRegistration, RegisterPublicKeyCredential, WebauthnError};
use webauthn_rs_core::proto::{
    AuthenticatorAttachment, AuthenticatorSelectionCriteria, Credential, ResidentKeyRequirement,
    UserVerificationPolicy,
};

use super::{
    aaguid::{attested_data, default_name},
    begin, off_thread, take, user_verification_required, webauthn,
};
use crate::{
    model::{AppConfig, EventKind, Passkey, PasskeyId, Timestamp, UserId, view::PasskeyView},
    server::{
        App,
        http::{ApiError, Request, Response},
        limits,
    },
    store::{StoreError, audit_events, ceremonies::CeremonyKind, passkeys},
};

/// How long the browser waits, in milliseconds.
const TIMEOUT_MILLIS: u32 = 300_000;

/// Options for a new passkey of whoever is signed in.
pub(in crate::server) async fn start(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let user = req.who.user;
    let user_id = user.id;
    let existing = req.app.store().read(move |tx| passkeys::list_of_user(tx, user_id)).await?;
    let exclude = existing.into_iter().map(|passkey| passkey.credential_id).collect();
    let (mut options, state) = webauthn(&req.app)?
        .start_passkey_registration(
            user_id.0,
            user.username.as_str(),
            &user.shown_name(),
            Some(exclude),
        )
        .map_err(ApiError::internal)?;
    let public_key = &mut options.public_key;
    // The text form is what Pocket ID has stored in authenticators since its first days.
    public_key.user.id = user_id.to_string().into_bytes();
    public_key.timeout = Some(TIMEOUT_MILLIS);
    if let Some(selection) = &mut public_key.authenticator_selection {
        select(selection, &req.app.config());
    }
    begin(&req.app, &req.head, CeremonyKind::Registration(user_id), &state, &options.public_key)
        .await
}

/// Says which authenticators will do.
fn select(selection: &mut AuthenticatorSelectionCriteria, config: &AppConfig) {
    // Without a user name to start from, only a discoverable credential is of any use.
    selection.resident_key = Some(ResidentKeyRequirement::Required);
    selection.require_resident_key = true;
    selection.authenticator_attachment = match config.authenticator_attachment() {
        Some("platform") => Some(AuthenticatorAttachment::Platform),
        Some(_) => Some(AuthenticatorAttachment::CrossPlatform),
        None => None,
    };
    if !config.requires_user_verification() {
        selection.user_verification = UserVerificationPolicy::Preferred;
    }
}

/// Verifies and stores what the authenticator made.
pub(in crate::server) async fn finish(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let req = req.json_of_any_type::<RegisterPublicKeyCredential>(limits::CEREMONY).await?;
    let user_id = req.who.user.id;
    let state: PasskeyRegistration =
        take(&req.app, &req.head, CeremonyKind::Registration(user_id)).await?;
    let passkey = verify(&req.app, req.body, state, user_id, req.head.now).await?;

    let kind = EventKind::PasskeyAdded;
    let mut event = req.app.audit_event(kind, Some(user_id), req.head.actor(), req.head.now);
    event.data = passkey.audit_data();
    let view = PasskeyView::of(&passkey);
    let host = req.app.settings().app_url.host().to_owned();
    let stored = req.app.store().write(move |tx| {
        passkeys::insert(tx, &passkey)?;
        passkeys::record_host(tx, &host)?;
        audit_events::insert(tx, &event)
    });
    match stored.await {
        Ok(()) => Ok(Response::json(&view)),
        // WebAuthn L3 §7.1 step 26: a credential that is registered already, whoever has it.
        Err(StoreError::Conflict) => Err(invalid_response("the credential is registered already")),
        Err(error) => Err(error.into()),
    }
}

async fn verify(
    app: &std::sync::Arc<App>,
    response: RegisterPublicKeyCredential,
    state: PasskeyRegistration,
    user_id: UserId,
    now: Timestamp,
) -> Result<Passkey, ApiError> {
    let id = PasskeyId(app.new_id(now));
    let app = std::sync::Arc::clone(app);
    off_thread(move || {
        let verified = webauthn(&app)?
            .finish_passkey_registration(&response, &state)
            .map_err(registration_error)?;
        if response.extensions.cred_props.as_ref().is_some_and(|props| props.rk == Some(false)) {
            return Err(invalid_response("the authenticator made no discoverable credential"));
        }
        let data = attested_data(&response.response.attestation_object)
            .ok_or_else(|| invalid_response("the authenticator data holds no credential"))?;
        let credential: Credential = verified.into();
        if credential.backup_eligible && !app.config().allows_synced_passkeys() {
            return Err(synced_passkey_not_allowed());
        }
        Ok(Passkey {
            id,
            user_id,
            name: default_name(data.aaguid),
            credential_id: credential.cred_id,
            public_key: data.public_key,
            aaguid: data.aaguid,
            transports: transports(&response),
            sign_count: credential.counter,
            backup_eligible: credential.backup_eligible,
            backup_state: credential.backup_state,
            created_at: now,
            last_used_at: None,
        })
    })
    .await?
}

/// Hints for the browser; those that the library does not know are left out.
fn transports(response: &RegisterPublicKeyCredential) -> Vec<String> {
    let known = response.response.transports.as_deref().unwrap_or_default();
    let names = known.iter().filter_map(|transport| {
        let name = serde_json::to_value(transport).ok()?;
        Some(name.as_str()?.to_owned())
    });
    names.filter(|name| name != "unknown").collect()
}

fn registration_error(error: WebauthnError) -> ApiError {
    match error {
        WebauthnError::UserNotVerified => user_verification_required(),
        error => invalid_response(&error.to_string()),
    }
}

fn synced_passkey_not_allowed() -> ApiError {
    let message = "Synced passkeys are not allowed";
    ApiError::new(StatusCode::BAD_REQUEST, "synced_passkey_not_allowed", message)
}

fn invalid_response(detail: &str) -> ApiError {
    let message = "We couldn't process the response from your passkey";
    ApiError::new(StatusCode::BAD_REQUEST, "invalid_webauthn_response", message).because(detail)
}
