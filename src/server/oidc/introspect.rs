//! `POST /api/oidc/introspect` (RFC 7662, RFC 9701)

use std::sync::Arc;

use serde::Serialize;

use super::{
    presented_token::{LiveToken, PresentedToken},
    signing::{Seal, sign},
};
use crate::{
    crypto::jws,
    model::{ClientId, ClientType, Timestamp},
    oidc::{
        OAuthError, OAuthErrorCode, Params,
        introspection::{
            INTROSPECTION_JWT, INTROSPECTION_JWT_TYPE, Introspection, IntrospectionJwt, accepts_jwt,
        },
    },
    server::{
        App,
        http::{Authorised, Request, Response},
    },
    store::clients,
};

/// Tells a client whether a token that was issued to it is active.
pub(in crate::server) async fn introspect(req: Request) -> Result<Response, OAuthError> {
    let req = req.form().await?;
    let req = authenticate(req).await?;
    let (client_id, app, now) = (req.who.clone(), Arc::clone(&req.app), req.head.now);
    let text = req.body.required("token")?.to_owned();
    let is_signed = req.head.header("accept").is_some_and(accepts_jwt);
    let answer = look_up(req, &text).await?;
    let response = if is_signed {
        sign_answer(&app, &client_id, answer, now).await?
    } else {
        Response::json(&answer)
    };
    Ok(response.no_store().log_client(client_id.as_str()))
}

/// RFC 9701 §5: signed with the algorithm of the ID tokens of the client that asks.
async fn sign_answer(
    app: &Arc<App>,
    client_id: &ClientId,
    answer: IntrospectionResponse,
    now: Timestamp,
) -> Result<Response, OAuthError> {
    let id = client_id.clone();
    let client = app.store().read(move |tx| clients::find(tx, &id)).await?;
    let gone = || OAuthError::new(OAuthErrorCode::InvalidClient, "the client was deleted");
    let algorithm = client.ok_or_else(gone)?.id_token_signed_response_alg;
    let claims = IntrospectionJwt {
        iss: app.issuer().to_owned(),
        aud: client_id.to_string(),
        iat: now.as_unix(),
        token_introspection: answer,
    };
    let seal = Seal { algorithm, typ: INTROSPECTION_JWT_TYPE, now };
    Ok(Response::bytes(INTROSPECTION_JWT, sign(app, seal, claims).await?))
}

/// RFC 7662 §2.1: the caller is a client with a secret, or sends an access token of its own, or its
/// assertion (Pocket ID 2.14). Anyone can claim to be a public client, and would then try out
/// tokens.
async fn authenticate(req: Request<Params>) -> Result<Authorised<ClientId, Params>, OAuthError> {
    let refuse = |detail: &str| OAuthError::new(OAuthErrorCode::InvalidClient, detail);
    let Some(own) = req.head.bearer().map(str::to_owned) else {
        let req = req.authenticate_client().await?;
        return match req.who.client_type {
            ClientType::Public => Err(refuse("a public client cannot authenticate")),
            ClientType::Confidential => Ok(req.map_who(|client| client.id)),
        };
    };
    if req.body().value("token") == Some(&own) {
        return Err(refuse("the bearer token and the token to introspect are the same"));
    }
    match (find_client(&req, &own).await?, req.body().value("client_id")) {
        (Some(client_id), _) => Ok(req.authorised(client_id)),
        (None, Some(_)) => {
            let req = req.authenticate_bearer_assertion(&own).await?;
            Ok(req.map_who(|client| client.id))
        }
        (None, None) => Err(refuse("the bearer token is unknown, expired or revoked")),
    }
}

/// The client that one of our access tokens was issued to.
async fn find_client(req: &Request<Params>, text: &str) -> Result<Option<ClientId>, OAuthError> {
    let Some(token) = PresentedToken::parse_access_token(text) else { return Ok(None) };
    // A bound token proves nothing without its key, and this endpoint takes no proofs.
    if token.is_bound() {
        return Ok(None);
    }
    let now = req.head.now;
    let live = req.app_for_authorising().store().read(move |tx| token.find_live(tx, now)).await?;
    // An API that got an exchanged token is not the client that exchanged.
    let is_own = |live: &LiveToken| !matches!(live, LiveToken::Exchanged { .. });
    Ok(live.filter(is_own).map(|live| live.client_id().clone()))
}

async fn look_up(
    req: Authorised<ClientId, Params>,
    text: &str,
) -> Result<IntrospectionResponse, OAuthError> {
    let (now, caller) = (req.head.now, req.who);
    let Some(token) = PresentedToken::parse(text) else {
        return Ok(IntrospectionResponse::INACTIVE);
    };
    let presented = token.clone();
    let live = req.app.store().read(move |tx| presented.find_live(tx, now)).await?;
    // RFC 7662 §2.2: does not reveal why a token is inactive, nor whose token it is.
    let Some(live) = live.filter(|live| *live.client_id() == caller) else {
        return Ok(IntrospectionResponse::INACTIVE);
    };
    Ok(IntrospectionResponse {
        active: true,
        token: describe(&token, &live, text, req.app.issuer()),
    })
}

fn describe(
    token: &PresentedToken,
    live: &LiveToken,
    text: &str,
    issuer: &str,
) -> Option<Introspection> {
    match (token, live) {
        // The digest matched, so this server wrote the claims.
        (_, LiveToken::Exchanged { subject, .. })
        | (PresentedToken::Access { .. }, LiveToken::OfUser { subject, .. }) => {
            let facts = jws::peek_claims(text)?;
            let told = Introspection::of_access_token(facts, Some(&subject.user));
            Some(told.until(subject.tokens_end_at()))
        }
        (_, LiveToken::OfClient(_)) => {
            Some(Introspection::of_access_token(jws::peek_claims(text)?, None))
        }
        (PresentedToken::Refresh(_), LiveToken::OfUser { subject, expires_at }) => {
            let (grant, user) = (&subject.grant, &subject.user);
            let told = Introspection::of_refresh_token(grant, user, issuer, (*expires_at)?);
            Some(told.until(subject.session_ends_at()))
        }
    }
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub(super) struct IntrospectionResponse {
    active: bool,
    #[serde(flatten)]
    token: Option<Introspection>,
}

impl IntrospectionResponse {
    const INACTIVE: Self = Self { active: false, token: None };
}
