//! `/api/webauthn/register/{start,finish}`: registering a passkey (WebAuthn L3 §7.1)

use std::sync::Arc;

use hyper::StatusCode;
use webauthn_rs_core::{error::WebauthnError, proto::RegistrationState};

use super::{
    aaguid::PasskeyOrigin, answer::RegistrationAnswer, begin, invalid_response, off_thread, take,
    user_verification_required, webauthn,
};
use crate::{
    model::{
        EventKind, Passkey, PasskeyId, PasskeyName, Timestamp, User, UserId, passkey::MAX_PASSKEYS,
        view::PasskeyView,
    },
    server::{
        App,
        guarded::{InPerson, allow_passkey, check_may_begin_passkey},
        http::{ApiError, Head, Request, Response, body},
        messages::{Locale, Messages},
    },
    store::{
        StoreError, audit_events, ceremonies::CeremonyKind, passkeys, sessions::OnWordOf, sign_out,
    },
};

/// Returns the options for a new passkey of the signed-in user.
pub(in crate::server) async fn start(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let (who, user) = (InPerson::of(&req), req.who.user);
    let user_id = user.id;
    let existing = req.app.store().read(move |tx| {
        let existing = passkeys::list_of_user(tx, user_id)?;
        // Checked before the authenticator creates a passkey that would be refused.
        if existing.len() >= MAX_PASSKEYS {
            return Err(too_many_passkeys());
        }
        check_may_begin_passkey(tx, &who, &existing)?;
        Ok(existing)
    });
    let existing = existing.await?;
    let begun = webauthn(&req.app)?
        .begin_registration(&user, existing, &req.app.config())
        .map_err(ApiError::internal)?;
    begin(&req.app, &req.head, CeremonyKind::Registration(user_id), begun).await
}

/// Verifies and stores the new passkey.
pub(in crate::server) async fn finish(req: Request) -> Result<Response, ApiError> {
    let req = req.require_user().await?;
    let who = InPerson::of(&req);
    let bytes = body::read(req.body).await?;
    let answer = RegistrationAnswer::parse(&bytes).map_err(invalid_response)?;
    let user_id = req.who.user.id;
    let kind = CeremonyKind::Registration(user_id);
    let state: RegistrationState = take(&req.app, &req.head, kind, &answer.client_data).await?;
    let name = name(&req.head, &req.who.user, &answer);
    let new = New { id: PasskeyId(req.app.new_id(req.head.now)), user_id, name, now: req.head.now };
    let passkey = verify(&req.app, answer, state, new).await?;

    let kind = EventKind::PasskeyAdded;
    let mut event =
        req.app.audit_event(kind, Some(user_id), req.head.actor(&req.app), req.head.now);
    event.data = passkey.audit_data();
    let view = PasskeyView::of(&passkey);
    let host = req.app.settings().app_url.host().to_owned();
    let (app, now) = (req.app.clone(), req.head.now);
    let new_id = move || app.new_id(now);
    let stored = req.app.store().write(move |tx| {
        let existing = passkeys::list_of_user(tx, user_id)?.len();
        if existing >= MAX_PASSKEYS {
            return Err(too_many_passkeys());
        }
        let session = allow_passkey(tx, &who)?;
        if existing == 0 {
            // They were there to come to the first passkey.
            let kept = Some(session.id());
            sign_out::end_ways_without_passkey(tx, user_id, kept, &new_id, now)?;
        }
        passkeys::insert(tx, &passkey, OnWordOf::Owner(&session)).map_err(taken)?;
        passkeys::record_host(tx, &host)?;
        Ok(audit_events::insert(tx, &event)?)
    });
    stored.await?;
    Ok(Response::json(&view))
}

/// WebAuthn L3 §7.1 step 26: the credential is registered already, for this user or another one.
fn taken(error: StoreError) -> ApiError {
    match error {
        StoreError::Conflict => invalid_response("the credential is registered already"),
        error => error.into(),
    }
}

/// The default name of the passkey, in the user's language.
fn name(head: &Head, user: &User, answer: &RegistrationAnswer) -> PasskeyName {
    let chosen = user.locale.as_deref().and_then(Locale::from_tag);
    let locale = chosen.unwrap_or_else(|| Locale::negotiate(head.header("accept-language")));
    let origin = PasskeyOrigin {
        aaguid: answer.attested.aaguid(),
        transports: &answer.transports,
        user_agent: &head.user_agent(),
    };
    origin.default_name(Messages::of(locale))
}

/// The data of a new passkey that does not come from its authenticator.
struct New {
    id: PasskeyId,
    user_id: UserId,
    name: PasskeyName,
    now: Timestamp,
}

async fn verify(
    app: &Arc<App>,
    answer: RegistrationAnswer,
    state: RegistrationState,
    new: New,
) -> Result<Passkey, ApiError> {
    let app = Arc::clone(app);
    off_thread(move || {
        let verified =
            webauthn(&app)?.verify_registration(&answer, &state).map_err(registration_error)?;
        if answer.is_discoverable == Some(false) {
            return Err(invalid_response(
                "the authenticator did not create a discoverable credential",
            ));
        }
        if verified.backup_eligible && !app.config().allows_synced_passkeys() {
            return Err(synced_passkey_not_allowed());
        }
        Ok(Passkey {
            id: new.id,
            user_id: new.user_id,
            name: new.name,
            aaguid: answer.attested.aaguid(),
            credential_id: answer.attested.credential_id,
            public_key: answer.attested.public_key,
            transports: answer.transports,
            sign_count: verified.counter,
            backup_eligible: verified.backup_eligible,
            backup_state: verified.backup_state,
            created_at: new.now,
            last_used_at: None,
        })
    })
    .await?
}

fn registration_error(error: WebauthnError) -> ApiError {
    match error {
        WebauthnError::UserNotVerified => user_verification_required(),
        error => invalid_response(error),
    }
}

fn too_many_passkeys() -> ApiError {
    let message =
        format!("An account can have at most {MAX_PASSKEYS} passkeys. Remove one, then try again");
    ApiError::new(StatusCode::CONFLICT, "too_many_passkeys", message)
}

fn synced_passkey_not_allowed() -> ApiError {
    let message = "Synced passkeys are not allowed";
    ApiError::new(StatusCode::BAD_REQUEST, "synced_passkey_not_allowed", message)
}
