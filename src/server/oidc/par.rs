//! `POST /api/oidc/par` (RFC 9126)

use std::collections::BTreeMap;

use hyper::StatusCode;
use serde::Serialize;

use super::{
    api_access::with_api,
    dpop::{Proof, with_nonce},
    id_token_hint,
};
use crate::{
    crypto::{BearerToken, Thumbprint},
    model::Client,
    oidc::{
        AuthorizationRequest, OAuthError, Params, ReplyTo,
        dpop::invalid_proof,
        pushed_request::{PUSHED_REQUEST_SECONDS, REQUEST_URI_PREFIX, check_is_whole},
        request_object::{self, merge},
    },
    server::{
        http::{Authorised, Request, Response},
        pending::{NewRow, Payer, bytes_of},
    },
    store::{
        pushed_authorization_requests::{self, NewPushedRequest},
        room::PendingTable,
    },
};

/// A successful answer (RFC 9126 §2.2).
#[derive(Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "PushedRequest"))]
pub(super) struct PushedResponse<'a> {
    request_uri: &'a str,
    expires_in: i64,
}

/// Stores an authorization request for the browser that will refer to it.
pub(in crate::server) async fn push(req: Request) -> Result<Response, OAuthError> {
    let req = req.form().await?;
    let req = req.authenticate_client().await?;
    // It is not used up: it names a key, as the parameter `dpop_jkt` does without any proof (RFC 9449 §10), so whoever
    // repeats it gains nothing, and strangers would fill the table of proofs.
    let proof = Proof::read(&req.app, &req.head, None)?;
    if let Some(proof) = &proof {
        proof.check_algorithm(&req.who)?;
    }
    let parameters = check_request(&req, proof.as_ref()).await?;
    let (client_id, now) = (req.who.id.clone(), req.head.now);
    let token = BearerToken::generate(REQUEST_URI_PREFIX, req.app.new_id(now), req.app.rng());
    let body = PushedResponse { request_uri: token.expose(), expires_in: PUSHED_REQUEST_SECONDS };
    let response = Response::json(&body).status(StatusCode::CREATED).no_store();
    let response = response.log_client(client_id.as_str());
    let nonce = Proof::renew_nonce(proof.as_ref(), &req.app, now);
    let expires_at = now.plus(PUSHED_REQUEST_SECONDS);
    let row =
        NewRow { id: token.id().into(), bytes: bytes_of(&parameters), life: (now, expires_at) };
    let payer = Payer::client(&req.who, req.head.client_ip);
    let room = req.app.room_for(PendingTable::PushedRequests, payer, &row)?;
    let stored = req.app.store_row(room, move |tx, room| {
        let (token, client_id, parameters) = (&token, &client_id, &parameters);
        let pushed = NewPushedRequest { token, client_id, parameters, expires_at };
        pushed_authorization_requests::insert(tx, room, &pushed)
    });
    stored.await?;
    Ok(with_nonce(response, nonce.as_deref()))
}

/// The parameters to store. A request that the authorization endpoint would refuse is refused at
/// once, while the client can still be told (RFC 9126 §2.1).
async fn check_request(
    req: &Authorised<Client, Params>,
    proof: Option<&Proof>,
) -> Result<BTreeMap<String, String>, OAuthError> {
    check_is_whole(&req.body)?;
    let params = merge(&request_object::RequestObjectContext {
        params: &req.body,
        client: &req.who,
        issuer: req.app.issuer(),
        now: req.head.now,
    })?;
    let allow_insecure = req.app.settings().allow_insecure_callback_urls;
    let reply_to = ReplyTo::verify(&params, &req.who, allow_insecure)
        .map_err(|error| OAuthError::invalid_request(format!("Refused: {}.", error.rule())))?;
    let read_hint = |hint: &str| id_token_hint::verify(&req.app, hint);
    let request = AuthorizationRequest::parse(&params, &req.who, reply_to, read_hint)?;
    let request = with_api(&req.app, &req.who, &params, request).await?;
    let mut kept = request.to_keep(&params);
    // RFC 9449 §10.1: the header binds the code as the parameter does.
    if let Some(proof) = proof {
        check_same_key(request.dpop_jkt.as_ref(), proof)?;
        kept.insert("dpop_jkt".to_owned(), proof.jkt.as_str().to_owned());
    }
    Ok(kept)
}

fn check_same_key(named: Option<&Thumbprint>, proof: &Proof) -> Result<(), OAuthError> {
    if named.is_some_and(|named| *named != proof.jkt) {
        return Err(invalid_proof("its key is not that of the parameter dpop_jkt"));
    }
    Ok(())
}
