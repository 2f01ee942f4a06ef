//! `/api/webauthn/login/{start,finish}`: signing in with a passkey (WebAuthn L3 §7.2)

use std::sync::Arc;

use hyper::StatusCode;
use webauthn_rs_core::{error::WebauthnError, proto::AuthenticationState};

use super::{
    answer::AssertionAnswer, authenticator_data, begin, invalid_response, off_thread, take,
    user_verification_required, webauthn,
};
use crate::{
    model::{Amr, Passkey, User, UserId, view::UserView},
    server::{
        App,
        http::{ApiError, Head, Request, Response, body},
        limiter::{BucketKey, Policy},
        signing_in::NewSession,
    },
    store::{StoreError, ceremonies::CeremonyKind, passkeys, users},
};

/// Returns the options for a sign-in. No username is needed: the passkey identifies the user.
pub(in crate::server) async fn start(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let begun =
        webauthn(&req.app)?.begin_authentication(&req.app.config()).map_err(ApiError::internal)?;
    begin(&req.app, &req.head, CeremonyKind::Authentication, begun).await
}

/// Verifies an assertion, and signs its user in.
pub(in crate::server) async fn finish(req: Request) -> Result<Response, ApiError> {
    let req = req.public();
    let bytes = body::read(req.body).await?;
    let answer = AssertionAnswer::parse(&bytes).map_err(invalid_response)?;
    let asserted = assert(&req.app, &req.head, answer).await?;
    // Only the owner of the passkey gets here, so no other caller can use up this limit.
    let by = BucketKey::User(asserted.user.id);
    req.app.limiter().check_key(Policy::SignIn, by).map_err(ApiError::rate_limited)?;
    let session = NewSession::prepare(&req.app, &req.head, asserted.user.id, Amr::Passkey);
    let view = UserView::of(&asserted.user, &[]);
    let (headers, now) = (session.headers(&req.app), req.head.now);
    let stored = req.app.store().write(move |tx| {
        passkeys::record_use(tx, &asserted.passkey, now)?;
        session.insert(tx)
    });
    stored.await?;
    // The ceremony's cookie stays: another tab may have a ceremony open, and it ends within
    // minutes.
    Ok(headers.put(Response::json(&view)))
}

/// The user and the passkey that an assertion proved, with the updated data of the passkey.
#[derive(Debug)]
pub(super) struct Asserted {
    pub(super) user: User,
    pub(super) passkey: Passkey,
}

/// Ends the ceremony of the cookie with an assertion.
pub(super) async fn assert(
    app: &Arc<App>,
    head: &Head,
    answer: AssertionAnswer,
) -> Result<Asserted, ApiError> {
    let kind = CeremonyKind::Authentication;
    let state: AuthenticationState = take(app, head, kind, &answer.client_data).await?;
    let credential_id = answer.credential_id.clone();
    let found = app.store().read(move |tx| {
        let Some(passkey) = passkeys::find_by_credential_id(tx, &credential_id)? else {
            return Ok(None);
        };
        let user = users::find(tx, passkey.user_id)?;
        Ok::<_, StoreError>(user.map(|user| Asserted { user, passkey }))
    });
    let found = found.await?.ok_or_else(|| {
        // Tells the page that its browser may forget the passkey.
        failed("the credential is not registered").without("Passkey")
    })?;
    // WebAuthn L3 §7.2 step 6 requires a handle. Some security keys and password managers send
    // none, and the credential id, which the signature proves, identifies the owner as well.
    // Another user's handle is refused.
    let handle = answer.user_handle.as_deref();
    if handle.is_some_and(|handle| user_of_handle(handle) != Some(found.user.id)) {
        return Err(failed("the user handle is not that of the credential's owner"));
    }
    let asserted = verify(app, answer, state, found).await?;
    if asserted.user.disabled { Err(ApiError::user_disabled()) } else { Ok(asserted) }
}

async fn verify(
    app: &Arc<App>,
    answer: AssertionAnswer,
    state: AuthenticationState,
    found: Asserted,
) -> Result<Asserted, ApiError> {
    let app = Arc::clone(app);
    off_thread(move || {
        let Asserted { user, mut passkey } = found;
        // Some password managers change this flag when they learn to sync. The signature covers it,
        // so the new value is stored. Insisting on the old one would lock users out.
        let backup_eligible = authenticator_data::is_backup_eligible(&answer.authenticator_data);
        let credential = passkey
            .to_credential(backup_eligible, app.config().requires_user_verification())
            .map_err(failed)?;
        let result = webauthn(&app)?
            .verify_assertion(&answer, &state, &credential)
            .map_err(authentication_error)?;
        if backup_eligible != passkey.backup_eligible {
            tracing::warn!(passkey = %passkey.id, "the backup eligibility of a passkey changed");
        }
        if result.counter() > 0 && result.counter() <= passkey.sign_count {
            tracing::warn!(passkey = %passkey.id, "the signature counter of a passkey decreased");
        }
        passkey.sign_count = result.counter();
        passkey.backup_eligible = backup_eligible;
        passkey.backup_state = result.backup_state();
        Ok(Asserted { user, passkey })
    })
    .await?
}

/// Reads the user from a handle: the text of the user's id, or its 16 bytes.
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
