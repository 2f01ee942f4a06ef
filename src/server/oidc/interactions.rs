//! `/api/oidc/interactions/{id}`: the steps between a client's request and its answer (Pocket ID
//! 2.14)

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    api_access::{ScopeInfo, add_api, scope_info},
    id_token_hint,
};
use crate::{
    crypto::BearerToken,
    model::{
        Amr, AuditEvent, Client, EventKind, Interaction, Logos, Step, text::TextError,
        view::ClientMetaView,
    },
    oidc::{
        AuthorizationRequest, Params, ReplyTo,
        interaction::{Known, consent_needs_passkey, steps_for},
    },
    operations::clients::may_use,
    server::{
        App,
        client_metadata::is_let_in,
        http::{
            ApiError, Authorised, Request, Response,
            cookies::CookieKind,
            request::{Public, SignedIn},
        },
    },
    store::{
        Tx, audit_events, clients, consents, images, interactions, reauthentications, sessions,
        sign_out,
    },
};

/// The body of `POST /api/oidc/interactions/{id}/complete`.
#[derive(Debug, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct Complete {
    step: String,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) struct InteractionView {
    id: String,
    scopes: Vec<String>,
    scope_info: Vec<ScopeInfo>,
    client: ClientMetaView,
    #[serde(skip_serializing_if = "Option::is_none")]
    current_step: Option<&'static str>,
    required_steps: Vec<&'static str>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub(super) enum InteractionProgress {
    Interaction(Box<InteractionView>),
    RedirectUrl(String),
}

/// An unfinished interaction with its client and its request.
#[derive(Debug)]
pub(in crate::server) struct LiveInteraction {
    /// The client that made the request.
    pub(in crate::server) client: Client,
    /// Which logos the client has.
    pub(in crate::server) logos: Logos,
    /// The client's request, checked again.
    pub(in crate::server) request: AuthorizationRequest,
    /// The requested permissions of an API, with their descriptions.
    scope_info: Vec<ScopeInfo>,
    /// The stored state.
    pub(in crate::server) interaction: Interaction,
}

/// `GET`: the request, and the next step.
pub(in crate::server) async fn show(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.public();
    let token = parse_id(&id)?;
    let (lookup, now, app) = (token.clone(), req.head.now, req.app.clone());
    let live = req.app.store().read(move |tx| find_live(tx, &app, &lookup, now)).await?;
    Ok(Response::json(&view(&token, &live)))
}

/// `POST .../complete`: the user has completed a step.
pub(in crate::server) async fn complete(req: Request, id: String) -> Result<Response, ApiError> {
    let req = req.require_user().await?.json::<Complete>().await?;
    let token = parse_id(&id)?;
    let completion = Completion::new(&req)?;
    let (app, now) = (req.app.clone(), req.head.now);
    let progress = req.app.store().write(move |tx| {
        // The session may have ended a moment ago.
        sessions::find_open(tx, completion.who.session.id)?.ok_or_else(ApiError::not_signed_in)?;
        let mut live = find_live(tx, &app, &token, now)?;
        // A user without access to the client takes no steps: `/authorize` shows the error.
        if !may_use(tx, &live.client, completion.who.user.id, now)? {
            return Ok(InteractionProgress::RedirectUrl(resume_path(&token)));
        }
        let has_consented = completion.take_step(tx, &mut live)?;
        store_progress(tx, &token, &live.interaction)?;
        // After the interaction, as `/authorize` does it: with another order both would wait for each other.
        if has_consented {
            completion.record_consent(tx, &live)?;
        }
        Ok::<_, ApiError>(if live.interaction.steps.is_empty() {
            InteractionProgress::RedirectUrl(resume_path(&token))
        } else {
            InteractionProgress::Interaction(Box::new(view(&token, &live)))
        })
    });
    let progress = progress.await?;
    let response = Response::json(&progress);
    Ok(match req.app.cookies().read(&req.head.headers, CookieKind::Reauthentication) {
        // The reauthentication is used up, or useless here.
        Some(_) => response.cookie(&req.app.cookies().remove(CookieKind::Reauthentication)),
        None => response,
    })
}

/// `POST .../deny`: the user refuses, signed in or not. Pocket ID does not have it: there, a
/// refusal never reaches the client.
pub(in crate::server) async fn deny(req: Request, id: String) -> Result<Response, ApiError> {
    let req: Authorised<Public> = req.public();
    let token = parse_id(&id)?;
    let (app, now) = (req.app.clone(), req.head.now);
    let path = resume_path(&token);
    let denied = req.app.store().write(move |tx| {
        let mut live = find_live(tx, &app, &token, now)?;
        live.interaction.is_denied = true;
        store_progress(tx, &token, &live.interaction)
    });
    denied.await?;
    Ok(Response::json(&InteractionProgress::RedirectUrl(path)))
}

fn store_progress(
    tx: &mut Tx<'_>,
    token: &BearerToken,
    interaction: &Interaction,
) -> Result<(), ApiError> {
    if interactions::update(tx, token, interaction)? { Ok(()) } else { Err(gone()) }
}

/// Finds an unfinished interaction.
pub(in crate::server) fn find_live(
    tx: &mut Tx<'_>,
    app: &App,
    token: &BearerToken,
    now: crate::model::Timestamp,
) -> Result<LiveInteraction, ApiError> {
    let Some(interactions::FoundInteraction::Live(interaction)) =
        interactions::find(tx, token, now)?
    else {
        return Err(gone());
    };
    let client = clients::find(tx, &interaction.client_id)?.ok_or_else(gone)?;
    if !is_let_in(tx, app, &client)? {
        return Err(gone());
    }
    let params = Params::from(interaction.parameters.clone());
    // The client may have changed since. A request that is invalid now does not continue.
    let reply_to = ReplyTo::verify(&params, &client, app.settings().allow_insecure_callback_urls);
    let reply_to = reply_to.map_err(|error| gone().because(error.rule()))?;
    let read_hint = |hint: &str| id_token_hint::verify(app, hint);
    let request = AuthorizationRequest::parse(&params, &client, reply_to, read_hint);
    let request = request.and_then(|request| add_api(tx, &client, &params, request));
    let request = request.map_err(|error| gone().because(error))?;
    let logos = images::logos_of_client(tx, &client.id)?;
    let scope_info = scope_info(tx, request.resource.as_ref(), &request.scope)?;
    Ok(LiveInteraction { client, logos, request, scope_info, interaction })
}

/// The data needed to complete a step.
#[derive(Debug)]
struct Completion {
    step: Step,
    who: SignedIn,
    reauthentication: Option<BearerToken>,
    event: AuditEvent,
    now: crate::model::Timestamp,
}

impl Completion {
    fn new(req: &Authorised<SignedIn, Complete>) -> Result<Self, ApiError> {
        let unknown = || ApiError::field("step", TextError::format("is not a step"));
        let cookie = req.app.cookies().read(&req.head.headers, CookieKind::Reauthentication);
        let kind = EventKind::NewClientAuthorization;
        let actor = req.head.actor(&req.app);
        Ok(Self {
            step: Step::parse(&req.body.step).ok_or_else(unknown)?,
            who: req.who.clone(),
            reauthentication: cookie.and_then(|cookie| BearerToken::parse("", &cookie)),
            event: req.app.audit_event(kind, Some(req.who.user.id), actor, req.head.now),
            now: req.head.now,
        })
    }

    /// Takes the step. Returns whether the user has consented.
    fn take_step(&self, tx: &mut Tx<'_>, live: &mut LiveInteraction) -> Result<bool, ApiError> {
        let Some(expected) = live.interaction.steps.first().copied() else { return Ok(false) };
        if expected != self.step {
            let (expected, step) = (expected.as_str(), self.step.as_str());
            let message = format!("Expected interaction step {expected} but got {step}");
            let status = hyper::StatusCode::BAD_REQUEST;
            return Err(ApiError::new(status, "validation_failed", message));
        }
        let is_bound = live.interaction.user_id == Some(self.who.user.id);
        match self.step {
            Step::Authenticate | Step::SelectAccount => self.bind(tx, live)?,
            // Another user is signed in now: for them the steps begin again.
            Step::Reauthenticate | Step::Consent if !is_bound => self.bind(tx, live)?,
            Step::Reauthenticate => self.reauthenticate(tx, live)?,
            Step::Consent => return self.consent(tx, live),
        }
        Ok(false)
    }

    /// Ties the interaction to the user, and determines the remaining steps.
    fn bind(&self, tx: &mut Tx<'_>, live: &mut LiveInteraction) -> Result<(), ApiError> {
        let session = &self.who.session;
        // A passkey that was just used for this request need not be used twice.
        let is_fresh =
            session.amr == Amr::Passkey && session.created_at >= live.interaction.requested_at;
        let reauthenticated_at = is_fresh.then_some(session.created_at);
        let consent = consents::find(tx, self.who.user.id, &live.client.id)?;
        let known = Known { session, consent: consent.as_ref(), reauthenticated_at };
        let steps = steps_for(&live.request, &live.client, known, self.now)
            .map_err(|error| gone().because(error))?;
        live.interaction.user_id = Some(self.who.user.id);
        live.interaction.reauthenticated_at = reauthenticated_at;
        // This very step has selected the account.
        live.interaction.steps =
            steps.into_iter().filter(|step| *step != Step::SelectAccount).collect();
        Ok(())
    }

    fn reauthenticate(&self, tx: &mut Tx<'_>, live: &mut LiveInteraction) -> Result<(), ApiError> {
        let missing = || ApiError::field("reauthenticationToken", TextError::required());
        let token = self.reauthentication.as_ref().ok_or_else(missing)?;
        let used_at = reauthentications::consume(tx, token, &self.who.session, self.now)?;
        // A reauthentication from before the client's request does not count for it.
        let used_at = used_at
            .filter(|used_at| *used_at >= live.interaction.requested_at)
            .ok_or_else(ApiError::reauthentication_required)?;
        live.interaction.reauthenticated_at = Some(used_at);
        live.interaction.steps.remove(0);
        Ok(())
    }

    fn consent(&self, tx: &mut Tx<'_>, live: &mut LiveInteraction) -> Result<bool, ApiError> {
        let given = consents::find(tx, self.who.user.id, &live.client.id)?;
        let reauthenticated_at = live.interaction.reauthenticated_at;
        let known =
            Known { session: &self.who.session, consent: given.as_ref(), reauthenticated_at };
        // The page was open for so long that the sign-in is not recent any more.
        if consent_needs_passkey(&live.request, &live.client, known, self.now) {
            live.interaction.steps.insert(0, Step::Reauthenticate);
            return Ok(false);
        }
        live.interaction.steps.remove(0);
        Ok(true)
    }

    fn record_consent(&self, tx: &mut Tx<'_>, live: &LiveInteraction) -> Result<(), ApiError> {
        let (user_id, scope) = (self.who.user.id, live.request.consent_scope());
        if sign_out::record_consent(tx, user_id, &live.client.id, &scope, self.now)? {
            let mut event = self.event.clone();
            event.data = BTreeMap::from([("clientName", live.client.name.to_string())]);
            audit_events::insert(tx, &event)?;
        }
        Ok(())
    }
}

fn view(token: &BearerToken, live: &LiveInteraction) -> InteractionView {
    let steps: Vec<_> = live.interaction.steps.iter().map(|step| step.as_str()).collect();
    InteractionView {
        id: token.expose().to_owned(),
        scopes: live.request.shown_scopes(),
        scope_info: live.scope_info.clone(),
        client: ClientMetaView::of(&live.client, live.logos),
        current_step: steps.first().copied(),
        required_steps: steps,
    }
}

fn resume_path(token: &BearerToken) -> String {
    format!("/authorize?interaction={}", token.expose())
}

fn parse_id(id: &str) -> Result<BearerToken, ApiError> {
    BearerToken::parse("", id).ok_or_else(gone)
}

fn gone() -> ApiError {
    let message = "OIDC interaction not found or expired";
    ApiError::new(hyper::StatusCode::NOT_FOUND, "not_found", message)
}
