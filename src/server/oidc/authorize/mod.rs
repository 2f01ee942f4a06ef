//! `GET` and `POST /authorize` (RFC 6749 §3.1, OIDC Core §3.1.2)
//!
//! A request is checked. The steps that its user still has to do become an interaction. The page
//! `/interaction` leads through them and returns here once none is left.
//!
//! The order of the checks, and who learns of a fault:
//!
//! | what | where | a fault is told to |
//! | --- | --- | --- |
//! | the parameters are well-formed | `salvage_params` | the client, if its redirect URI is good |
//! | the client is known | `find_client` | the user |
//! | its request object or pushed request is valid | `gather` | the client, as above |
//! | the redirect URI is the client's | `ReplyTo::verify` | the user |
//! | each parameter, in the order of its table | `AuthorizationRequest::parse` | the client |
//! | the API that is asked for | `with_api` | the client |
//! | the request was pushed, if it has to be | `check_is_pushed` | the client |
//! | the user may use the client | `check_may_use` | the user or the client |
//! | the steps that are left, with `prompt`, `max_age` and the longest session age | `steps` | the client |

use std::sync::Arc;

use hyper::StatusCode;

mod access;
mod code;
mod pending;
mod reply;
mod source;

use access::check_may_use;
pub(super) use code::CODE_PREFIX;
use code::issue_code;
use pending::{Open, PendingRequest};
use reply::{AuthorizeFailure, reply_error};
use source::{RequestSource, find_client, gather, refuse_malformed};

use super::{
    api_access::with_api,
    front_channel::{Browser, repeat, salvage_params},
    id_token_hint,
};
use crate::{
    crypto::BearerToken,
    model::{Client, Interaction, Step, Timestamp},
    oidc::{
        AuthorizationRequest, OAuthError, OAuthErrorCode, Params, ReplyTo,
        interaction::{INTERACTION_SECONDS, Known, steps_for, steps_for_nobody},
        pushed_request::check_is_pushed,
    },
    server::{
        failure::{AnsweredCaller, PageError},
        http::{Request, Response},
        pages::PageProblem,
        pending::{NewRow, Payer, bytes_of},
        same_site::is_framed,
    },
    store::{
        Tx, consents, interactions,
        room::{PendingTable, Room},
    },
};

/// Answers an authorization request, or begins its interaction.
pub(in crate::server) async fn authorize(req: Request) -> Result<Response, AuthorizeFailure> {
    let (app, caller) = (Arc::clone(req.app_for_authorising()), AnsweredCaller::of(&req.head));
    // It is large, and moved for each request otherwise.
    match Box::pin(answer(req)).await {
        Err(AuthorizeFailure::Client(reply_to, error)) => {
            reply_error(&app, &caller, &reply_to, error).await
        }
        result => result,
    }
}

async fn answer(req: Request) -> Result<Response, AuthorizeFailure> {
    let (req, fault) = salvage_params(req).await?;
    let req = req.find_user().await?;
    if let Some(fault) = fault {
        return Err(refuse_malformed(&req, fault).await);
    }
    if let Some(response) = repeat(&req, "/authorize", StatusCode::SEE_OTHER) {
        return Ok(response);
    }
    let (client_id, result) = match req.body.value("interaction").map(str::to_owned) {
        Some(id) => (None, resume(&req, &id).await),
        None => (req.body.value("client_id").map(str::to_owned), begin(&req).await),
    };
    let response = proceed(&req, result?).await?;
    Ok(match client_id {
        Some(client_id) => response.log_client(&client_id),
        None => response,
    })
}

/// Reads a new request of a client.
async fn begin(req: &Browser) -> Result<PendingRequest, AuthorizeFailure> {
    let (source, now) = (gather(req).await?, req.head.now);
    let open = Open { interaction: None, pushed: source.pushed };
    let result = begin_with(req, source).await;
    // An error answer to the client also uses up the pushed request.
    if let (Err(AuthorizeFailure::Client(..)), Some(_)) = (&result, open.pushed) {
        req.app.store().write(move |tx| open.close(tx, now)).await?;
    }
    result
}

async fn begin_with(
    req: &Browser,
    source: RequestSource,
) -> Result<PendingRequest, AuthorizeFailure> {
    let RequestSource { client, params, pushed } = source;
    let request = check_request(req, &client, &params).await?;
    check_is_pushed(client.must_push(), pushed.is_some())
        .map_err(|error| AuthorizeFailure::to_client(&request.reply_to, error))?;
    check_may_use(req, &client, &request).await?;
    let interaction = Interaction {
        client_id: client.id.clone(),
        parameters: request.to_keep(&params),
        user_id: req.who.as_ref().map(|who| who.user.id),
        steps: steps(req, &client, &request, None).await?,
        requested_at: req.head.now,
        reauthenticated_at: None,
        pushed_request: pushed,
        is_denied: false,
    };
    Ok(PendingRequest { client, request, interaction, token: None })
}

/// Reads a request that returns from its interaction.
async fn resume(req: &Browser, id: &str) -> Result<PendingRequest, AuthorizeFailure> {
    let token = BearerToken::parse("", id).ok_or(PageProblem::InteractionExpired)?;
    let (lookup, now) = (token.clone(), req.head.now);
    let found = req.app.store().read(move |tx| interactions::find(tx, &lookup, now)).await?;
    let mut interaction = match found {
        None => return Err(PageProblem::InteractionExpired.into()),
        Some(interactions::FoundInteraction::Consumed) => {
            return Err(PageProblem::InteractionUsed.into());
        }
        Some(interactions::FoundInteraction::Live(interaction)) => interaction,
    };
    let client = find_client(req, interaction.client_id.as_str()).await?;
    let request =
        check_request(req, &client, &Params::from(interaction.parameters.clone())).await?;
    if !interaction.is_denied {
        check_may_use(req, &client, &request).await?;
    }
    let user_id = req.who.as_ref().map(|who| who.user.id);
    // Completed steps count only for the user who did them. For another user, or without a session,
    // the steps begin again.
    if !interaction.is_denied && (user_id.is_none() || interaction.user_id != user_id) {
        interaction.user_id = user_id;
        interaction.reauthenticated_at = None;
        interaction.steps = steps(req, &client, &request, None).await?;
    }
    // During the last step, the sign-in may have become older than `max_age` or the client allows.
    let has_max_age = request.max_age.is_some() || client.max_session_age_seconds.is_some();
    if !interaction.is_denied && interaction.steps.is_empty() && has_max_age {
        let needed = steps(req, &client, &request, interaction.reauthenticated_at).await?;
        interaction.steps =
            needed.into_iter().filter(|step| *step == Step::Reauthenticate).collect();
    }
    Ok(PendingRequest { client, request, interaction, token: Some(token) })
}

async fn proceed(req: &Browser, pending: PendingRequest) -> Result<Response, AuthorizeFailure> {
    if pending.interaction.is_denied {
        return deny(req, pending).await;
    }
    match &req.who {
        Some(who) if pending.interaction.steps.is_empty() => issue_code(req, pending, who).await,
        _ => interact(req, pending).await,
    }
}

/// The order matters: the redirect URI must be verified before any redirect.
async fn check_request(
    req: &Browser,
    client: &Client,
    params: &Params,
) -> Result<AuthorizationRequest, AuthorizeFailure> {
    let allow_insecure = req.app.settings().allow_insecure_callback_urls;
    let reply_to = ReplyTo::verify(params, client, allow_insecure)
        .map_err(|error| AuthorizeFailure::reply_to(error, client.id.as_str()))?;
    let read_hint = |hint: &str| id_token_hint::verify(&req.app, hint);
    let request = AuthorizationRequest::parse(params, client, reply_to.clone(), read_hint)
        .map_err(|error| AuthorizeFailure::to_client(&reply_to, error))?;
    let request = with_api(&req.app, client, params, request).await;
    request.map_err(|error| AuthorizeFailure::to_client(&reply_to, error))
}

/// The steps that the signed-in user, or an unknown user, has to do.
async fn steps(
    req: &Browser,
    client: &Client,
    request: &AuthorizationRequest,
    reauthenticated_at: Option<Timestamp>,
) -> Result<Vec<Step>, AuthorizeFailure> {
    let to_client = |error| AuthorizeFailure::to_client(&request.reply_to, error);
    let Some(who) = &req.who else { return steps_for_nobody(request).map_err(to_client) };
    let (user_id, client_id) = (who.user.id, client.id.clone());
    let consent = req.app.store().read(move |tx| consents::find(tx, user_id, &client_id)).await?;
    let known = Known { session: &who.session, consent: consent.as_ref(), reauthenticated_at };
    steps_for(request, client, known, req.head.now).map_err(to_client)
}

/// Stores the state of the request, and shows the user the next step.
async fn interact(req: &Browser, pending: PendingRequest) -> Result<Response, AuthorizeFailure> {
    let is_stored = pending.token.is_some();
    // No browser would show the page in a frame, so no interaction is stored.
    if !is_stored && is_framed(&req.head) {
        let detail = "it was started in a frame of another site without prompt=none";
        let error = OAuthError::new(OAuthErrorCode::LoginRequired, detail);
        return Err(AuthorizeFailure::to_client(&pending.request.reply_to, error));
    }
    let PendingRequest { interaction, token, .. } = pending;
    let new_token = || BearerToken::generate("", req.app.new_id(req.head.now), req.app.rng());
    let token = token.unwrap_or_else(new_token);
    let id = token.expose().to_owned();
    let expires_at = req.head.now.plus(INTERACTION_SECONDS);
    // Anyone may begin an interaction, and it is stored for an hour.
    let leave = || {
        let bytes = bytes_of(&interaction.parameters);
        let row = NewRow { id: token.id().into(), bytes, life: (req.head.now, expires_at) };
        let payer = Payer::Stranger(req.head.client_ip);
        req.app.room_for(PendingTable::Interactions, payer, &row)
    };
    let room = (!is_stored).then(leave).transpose().map_err(PageError::from)?;
    let is_open = match room {
        None => {
            let update = move |tx: &mut Tx<'_>| interactions::update(tx, &token, &interaction);
            req.app.store().write(update).await?
        }
        Some(room) => {
            let insert = move |tx: &mut Tx<'_>, room: &Room| {
                interactions::insert(tx, room, &token, &interaction, expires_at)
            };
            req.app.store_row(room, insert).await.map(|()| true)?
        }
    };
    if !is_open {
        return Err(PageProblem::InteractionUsed.into());
    }
    Ok(Response::redirect(StatusCode::FOUND, &format!("/interaction?interaction={id}")))
}

/// Tells the client that the user refused.
async fn deny(req: &Browser, pending: PendingRequest) -> Result<Response, AuthorizeFailure> {
    let (open, now) = (pending.open(), req.head.now);
    if !req.app.store().write(move |tx| open.close(tx, now)).await? {
        return Err(PageProblem::InteractionUsed.into());
    }
    let error = OAuthError::explained(OAuthErrorCode::AccessDenied, "The user refused.");
    Err(AuthorizeFailure::to_client(&pending.request.reply_to, error))
}
