//! `GET` and `POST /authorize` (RFC 6749 §3.1, OIDC Core §3.1.2)
//!
//! A request is checked; what its user still has to do becomes an interaction, which the page
//! `/interaction` walks through and which comes back here with nothing left to do.

use std::collections::BTreeMap;

use hyper::{Method, StatusCode};

use super::authorize_reply::{AuthorizeFailure, reply};
use crate::{
    crypto::BearerToken,
    model::{
        Amr, AuditEvent, Client, ClientId, EventKind, Grant, GrantId, Interaction, Step, Timestamp,
    },
    oidc::{
        AuthorizationRequest, OAuthError, OAuthErrorCode, Params,
        authorization_request::{KEPT, ReplyTo},
        code_exchange::CODE_SECONDS,
        interaction::{INTERACTION_SECONDS, Known, auth_time, steps_for, steps_for_nobody},
    },
    server::{
        client_metadata::is_current,
        failure::{Caller, PageError},
        http::{Authorised, Request, Response, request::SignedIn},
        limits,
        pages::Problem,
    },
    store::{
        StoreError, Tx, audit_events,
        authorization_codes::{self, AuthorizationCode},
        clients, consents, grants, interactions, users,
    },
};

/// Names what an authorization code is to whoever finds one.
pub(super) const CODE_PREFIX: &str = "pocket_id_ac_";

type Browser = Authorised<Option<SignedIn>, Params>;

/// A request on its way to an answer.
#[derive(Debug)]
struct Pending {
    client: Client,
    request: AuthorizationRequest,
    interaction: Interaction,
    /// The interaction's id, when it is stored already.
    token: Option<BearerToken>,
}

/// Answers an authorization request, or begins the interaction that it takes.
pub(in crate::server) async fn authorize(req: Request) -> Result<Response, AuthorizeFailure> {
    let req = read_params(req).await?.find_user().await?;
    if req.head.method == Method::POST && req.who.is_none() {
        return Ok(repeat_as_get(&req));
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

/// Browsers keep our cookie from a form of another site, and send it with the redirect that follows.
fn repeat_as_get(req: &Browser) -> Response {
    let query =
        form_urlencoded::Serializer::new(String::new()).extend_pairs(req.body.iter()).finish();
    Response::redirect(StatusCode::SEE_OTHER, &format!("/authorize?{query}")).no_store()
}

async fn read_params(req: Request) -> Result<Request<Params>, AuthorizeFailure> {
    if req.head.method == Method::POST {
        return Ok(req.form(limits::AUTHORIZE).await?);
    }
    let params = Params::parse(req.head.query.as_bytes())?;
    Ok(req.with_body(params))
}

/// Reads a request that a client has just made.
async fn begin(req: &Browser) -> Result<Pending, AuthorizeFailure> {
    let client = find_client(req, req.body.required("client_id")?).await?;
    let request = check_request(req, &client, &req.body)?;
    let interaction = Interaction {
        client_id: client.id.clone(),
        parameters: req.body.only(KEPT),
        user_id: req.who.as_ref().map(|who| who.user.id),
        steps: steps(req, &client, &request, None).await?,
        requested_at: req.head.now,
        reauthenticated_at: None,
        is_denied: false,
    };
    Ok(Pending { client, request, interaction, token: None })
}

/// Reads a request that comes back from its interaction.
async fn resume(req: &Browser, id: &str) -> Result<Pending, AuthorizeFailure> {
    let token = BearerToken::parse("", id).ok_or(Problem::InteractionExpired)?;
    let (lookup, now) = (token.clone(), req.head.now);
    let found = req.app.store().read(move |tx| interactions::find(tx, &lookup, now)).await?;
    let mut interaction = match found {
        None => return Err(Problem::InteractionExpired.into()),
        Some(interactions::Found::Consumed) => return Err(Problem::InteractionUsed.into()),
        Some(interactions::Found::Live(interaction)) => interaction,
    };
    let client = find_client(req, interaction.client_id.as_str()).await?;
    let request = check_request(req, &client, &Params::from(interaction.parameters.clone()))?;
    let user_id = req.who.as_ref().map(|who| who.user.id);
    // Whoever comes back must be who did the steps; for anybody else they begin again.
    if !interaction.is_denied && (user_id.is_none() || interaction.user_id != user_id) {
        interaction.user_id = user_id;
        interaction.reauthenticated_at = None;
        interaction.steps = steps(req, &client, &request, None).await?;
    }
    // Whoever took their time over the last step may have grown too old for `max_age`.
    if !interaction.is_denied && interaction.steps.is_empty() && request.max_age.is_some() {
        let needed = steps(req, &client, &request, interaction.reauthenticated_at).await?;
        interaction.steps =
            needed.into_iter().filter(|step| *step == Step::Reauthenticate).collect();
    }
    Ok(Pending { client, request, interaction, token: Some(token) })
}

async fn proceed(req: &Browser, pending: Pending) -> Result<Response, AuthorizeFailure> {
    if pending.interaction.is_denied {
        return deny(req, pending).await;
    }
    match &req.who {
        Some(who) if pending.interaction.steps.is_empty() => issue_code(req, pending, who).await,
        _ => interact(req, pending).await,
    }
}

async fn find_client(req: &Browser, id: &str) -> Result<Client, AuthorizeFailure> {
    let unknown = || Problem::UnknownClient { client: id.chars().take(128).collect() };
    let client_id: ClientId = id.parse().map_err(|_| unknown())?;
    if !is_current(&req.app, &req.head, &client_id).await? {
        return Err(unknown().into());
    }
    let client = req.app.store().read(move |tx| clients::find(tx, &client_id)).await?;
    Ok(client.ok_or_else(unknown)?)
}

/// The order matters: nothing may be redirected before the redirect URI is proven.
fn check_request(
    req: &Browser,
    client: &Client,
    params: &Params,
) -> Result<AuthorizationRequest, AuthorizeFailure> {
    let allow_insecure = req.app.settings().allow_insecure_callback_urls;
    let reply_to = ReplyTo::verify(params, client, allow_insecure)
        .map_err(|error| AuthorizeFailure::reply_to(error, client.id.as_str()))?;
    AuthorizationRequest::parse(params, client, reply_to.clone())
        .map_err(|error| AuthorizeFailure::to_client(&reply_to, error))
}

/// What the user who is signed in, or nobody, has to do.
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

/// Stores how far the request has come, and shows the user what is next.
async fn interact(req: &Browser, pending: Pending) -> Result<Response, AuthorizeFailure> {
    let Pending { interaction, token, .. } = pending;
    let is_stored = token.is_some();
    let new_token = || BearerToken::generate("", req.app.new_id(req.head.now), req.app.rng());
    let token = token.unwrap_or_else(new_token);
    let id = token.expose().to_owned();
    let expires_at = req.head.now.plus(INTERACTION_SECONDS);
    req.app
        .store()
        .write(move |tx| match is_stored {
            true => interactions::update(tx, &token, &interaction),
            false => interactions::insert(tx, &token, &interaction, expires_at),
        })
        .await?;
    Ok(Response::redirect(StatusCode::FOUND, &format!("/interaction?interaction={id}")))
}

/// Tells the client that the user said no.
async fn deny(req: &Browser, pending: Pending) -> Result<Response, AuthorizeFailure> {
    let now = req.head.now;
    if let Some(token) = pending.token {
        let consumed = req.app.store().write(move |tx| interactions::consume(tx, &token, now));
        if !consumed.await? {
            return Err(Problem::InteractionUsed.into());
        }
    }
    let error = OAuthError::explained(OAuthErrorCode::AccessDenied, "The user refused.");
    Err(AuthorizeFailure::to_client(&pending.request.reply_to, error))
}

/// Ends the interaction, records what the user allowed, and gives the client its code.
async fn issue_code(
    req: &Browser,
    pending: Pending,
    who: &SignedIn,
) -> Result<Response, AuthorizeFailure> {
    let issue = Issue::prepare(req, &pending, who);
    let (code, scope) = (issue.code.expose().to_owned(), issue.grant.scope.to_string());
    let Pending { client, request, .. } = pending;
    match req.app.store().write(move |tx| issue.run(tx)).await? {
        Issued::Replayed => Err(Problem::InteractionUsed.into()),
        Issued::NotAllowed => Err(not_allowed(&request.reply_to, &client)),
        Issued::Code => {
            let params = [("code", code.as_str()), ("scope", &scope)];
            Ok(reply(&req.app, &Caller::of(&req.head), &request.reply_to, &params))
        }
    }
}

/// A code that is about to be stored, with all that goes with it.
#[derive(Debug)]
struct Issue {
    code: BearerToken,
    code_row: AuthorizationCode,
    grant: Grant,
    event: AuditEvent,
    interaction: Option<BearerToken>,
    is_group_restricted: bool,
}

/// What came of it.
#[derive(Debug)]
enum Issued {
    Code,
    NotAllowed,
    Replayed,
}

impl Issue {
    fn prepare(req: &Browser, pending: &Pending, who: &SignedIn) -> Self {
        let (app, now) = (&req.app, req.head.now);
        let grant = new_grant(GrantId(app.new_id(now)), pending, who, now);
        let request = &pending.request;
        let code_row = AuthorizationCode {
            grant_id: grant.id,
            redirect_uri: request.reply_to.redirect.as_str().to_owned(),
            nonce: request.nonce.clone(),
            code_challenge: request.code_challenge.clone(),
            expires_at: now.plus(CODE_SECONDS),
            consumed_at: None,
        };
        let kind = EventKind::ClientAuthorization;
        let mut event = app.audit_event(kind, Some(who.user.id), req.head.actor(), now);
        event.data = BTreeMap::from([("clientName", pending.client.name.to_string())]);
        Self {
            code: BearerToken::generate(CODE_PREFIX, grant.id.0, app.rng()),
            code_row,
            grant,
            event,
            interaction: pending.token.clone(),
            is_group_restricted: pending.client.is_group_restricted,
        }
    }

    fn run(&self, tx: &mut Tx<'_>) -> Result<Issued, StoreError> {
        let Grant { user_id, client_id, scope, created_at: now, .. } = &self.grant;
        let is_allowed =
            !self.is_group_restricted || users::is_in_group_of_client(tx, *user_id, client_id)?;
        if !is_allowed {
            return Ok(Issued::NotAllowed);
        }
        if let Some(token) = &self.interaction
            && !interactions::consume(tx, token, *now)?
        {
            return Ok(Issued::Replayed);
        }
        let mut event = self.event.clone();
        if consents::record(tx, *user_id, client_id, scope, *now)? {
            event.kind = EventKind::NewClientAuthorization;
        }
        grants::insert(tx, &self.grant)?;
        authorization_codes::insert(tx, &self.code, &self.code_row)?;
        audit_events::insert(tx, &event)?;
        Ok(Issued::Code)
    }
}

fn new_grant(id: GrantId, pending: &Pending, who: &SignedIn, now: Timestamp) -> Grant {
    let reauthenticated_at = pending.interaction.reauthenticated_at;
    Grant {
        id,
        client_id: pending.client.id.clone(),
        user_id: who.user.id,
        session_id: who.session.id,
        scope: pending.request.scope.clone(),
        auth_time: auth_time(&who.session, reauthenticated_at),
        amr: reauthenticated_at.map_or(who.session.amr, |_| Amr::Passkey),
        requested_at: pending.interaction.requested_at,
        created_at: now,
        expires_at: now.plus(CODE_SECONDS).plus(pending.client.longest_token_seconds()),
        revoked_at: None,
    }
}

/// RFC 6749 §4.1.2.1: the client learns it, and its user by it.
fn not_allowed(reply_to: &ReplyTo, client: &Client) -> AuthorizeFailure {
    if reply_to.is_first_use {
        let problem = Problem::NotAllowed { client_name: client.name.to_string() };
        return AuthorizeFailure::Page(PageError::from(problem));
    }
    let description = "The user is not allowed to use this application.";
    let error = OAuthError::explained(OAuthErrorCode::AccessDenied, description);
    AuthorizeFailure::to_client(reply_to, error)
}
