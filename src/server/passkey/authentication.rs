//! `/api/webauthn/login/{start,finish}`: signing in with a passkey (WebAuthn L3 §7.2)

use std::sync::Arc;

use hyper::StatusCode;
use webauthn_rs::prelude::{DiscoverableAuthentication, PublicKeyCredential, WebauthnError};
use webauthn_rs_core::proto::UserVerificationPolicy;

use super::{begin, off_thread, take, user_verification_required, webauthn};
use crate::{
    model::{Amr, Passkey, User, UserId, view::UserView},
    server::{
        App,
        http::{ApiError, Head, Request, Response, cookies::CookieKind},
        limits,
        signing_in::NewSession,
    },
    store::{StoreError, ceremonies::CeremonyKind, passkeys, users},
};

/// Where the flags stand in the authenticator data (WebAuthn L3 §6.1).
const FLAGS: usize = 32;
/// The flag of a credential that may be synced.
const BACKUP_ELIGIBLE: u8 = 0x08;

/// Options for a sign-in. No user name is asked: the passkey knows.
pub(in crate::server) async fn start(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let (mut options, state) =
        webauthn(&req.app)?.start_discoverable_authentication().map_err(ApiError::internal)?;
    if !req.app.config().requires_user_verification() {
        options.public_key.user_verification = UserVerificationPolicy::Preferred;
    }
    begin(&req.app, &req.head, CeremonyKind::Authentication, &state, &options.public_key).await
}

/// Verifies an assertion, and signs its user in.
pub(in crate::server) async fn finish(req: Request) -> Result<Response, ApiError> {
    let req = req.public().json_of_any_type::<PublicKeyCredential>(limits::CEREMONY).await?;
    let asserted = assert(&req.app, &req.head, req.body).await?;
    let session = NewSession::prepare(&req.app, &req.head, asserted.user.id, Amr::Passkey);
    let view = UserView::of(&asserted.user, &[]);
    let (cookie, now) = (session.cookie(&req.app), req.head.now);
    let stored = req.app.store().write(move |tx| {
        passkeys::record_use(tx, &asserted.passkey, now)?;
        session.insert(tx)
    });
    stored.await?;
    let done = req.app.cookies().remove(CookieKind::Ceremony);
    Ok(Response::json(&view).cookie(&cookie).cookie(&done))
}

/// Who was proven by an assertion, and by which passkey, with what it told about itself.
#[derive(Debug)]
pub(super) struct Asserted {
    pub(super) user: User,
    pub(super) passkey: Passkey,
}

/// Ends the ceremony of the cookie with an assertion.
pub(super) async fn assert(
    app: &Arc<App>,
    head: &Head,
    response: PublicKeyCredential,
) -> Result<Asserted, ApiError> {
    let state: DiscoverableAuthentication = take(app, head, CeremonyKind::Authentication).await?;
    let credential_id = response.get_credential_id().to_vec();
    let found = app.store().read(move |tx| {
        let Some(passkey) = passkeys::find_by_credential_id(tx, &credential_id)? else {
            return Ok(None);
        };
        let user = users::find(tx, passkey.user_id)?;
        Ok::<_, StoreError>(user.map(|user| Asserted { user, passkey }))
    });
    let found = found.await?.ok_or_else(|| failed("the credential is not registered"))?;
    // WebAuthn L3 §7.2 step 6: the library leaves it to us to compare the owner.
    if response.get_user_unique_id().and_then(user_of_handle) != Some(found.user.id) {
        return Err(failed("the user handle is not that of the credential's owner"));
    }
    let asserted = verify(app, response, state, found).await?;
    match asserted.user.disabled {
        true => Err(ApiError::user_disabled()),
        false => Ok(asserted),
    }
}

async fn verify(
    app: &Arc<App>,
    response: PublicKeyCredential,
    state: DiscoverableAuthentication,
    found: Asserted,
) -> Result<Asserted, ApiError> {
    let app = Arc::clone(app);
    off_thread(move || {
        let Asserted { user, mut passkey } = found;
        let flags = response.response.authenticator_data.get(FLAGS).copied().unwrap_or_default();
        // Some password managers change this flag as they learn to sync. The signature covers it, so
        // the new value is taken; to insist on the old one would lock people out.
        let backup_eligible = flags & BACKUP_ELIGIBLE != 0;
        let credential = passkey
            .to_credential(backup_eligible, app.config().requires_user_verification())
            .map_err(failed)?;
        let result = webauthn(&app)?
            .finish_discoverable_authentication_v2(&response, state, &credential)
            .map_err(authentication_error)?;
        if backup_eligible != passkey.backup_eligible {
            tracing::warn!(passkey = %passkey.id, "a passkey changed its backup eligibility");
        }
        if result.counter() > 0 && result.counter() <= passkey.sign_count {
            tracing::warn!(passkey = %passkey.id, "the signature counter of a passkey went back");
        }
        passkey.sign_count = result.counter();
        passkey.backup_eligible = backup_eligible;
        passkey.backup_state = result.backup_state();
        Ok(Asserted { user, passkey })
    })
    .await?
}

/// Authenticators hold the text of the user's id, or its 16 bytes.
fn user_of_handle(handle: &[u8]) -> Option<UserId> {
    match handle.len() {
        16 => uuid::Uuid::from_slice(handle).ok().map(UserId),
        _ => std::str::from_utf8(handle).ok()?.parse().ok(),
    }
}

fn authentication_error(error: WebauthnError) -> ApiError {
    match error {
        WebauthnError::UserNotVerified => user_verification_required(),
        error => failed(error),
    }
}

fn failed(detail: impl std::fmt::Display) -> ApiError {
    let message = "We couldn't verify your passkey";
    ApiError::new(StatusCode::UNAUTHORIZED, "webauthn_authentication_failed", message)
        .because(detail)
}
